use serde_json::{Map, Number, Value};

use super::Request;
use crate::dropped::Dropped;
use crate::gemini::schema::to_schema;
use crate::prompt::Format;
use crate::unsupported::Unsupported;

mod thinking;

/// Most stop texts that are taken (ai.google.dev, `GenerationConfig`).
const MOST_STOPS: usize = 5;

pub(super) fn write(
    request: Request<'_>,
    body: &mut Map<String, Value>,
    dropped: &mut Dropped,
) -> Result<(), Unsupported> {
    let mut config = Map::new();
    sampling(request, &mut config, dropped)?;
    limits(request, &mut config, dropped)?;
    logprobs(request, &mut config, dropped)?;
    thinking::write(request, &mut config, dropped)?;
    format(request, &mut config, dropped)?;
    if request.prompt.verbosity.is_some() {
        dropped.add(request.at("verbosity"))?;
    }
    if !config.is_empty() {
        body.insert("generationConfig".to_owned(), Value::Object(config));
    }
    Ok(())
}

fn sampling(
    request: Request<'_>,
    config: &mut Map<String, Value>,
    dropped: &mut Dropped,
) -> Result<(), Unsupported> {
    let sampling = &request.prompt.sampling;
    let mut temperature = sampling.temperature.clone();
    if let (Some(asked), Some(most)) = (&temperature, request.target.quirks.temperature_most)
        && asked.as_f64().is_some_and(|asked| asked > most)
    {
        temperature = Number::from_f64(most);
        dropped.add(request.at("generationConfig.temperature"))?;
    }
    let fields = [
        ("temperature", &temperature),
        ("topP", &sampling.top_p),
        ("topK", &sampling.top_k),
        ("seed", &sampling.seed),
        ("presencePenalty", &sampling.presence_penalty),
        ("frequencyPenalty", &sampling.frequency_penalty),
    ];
    for (name, number) in fields {
        if let Some(number) = number {
            config.insert(name.to_owned(), Value::Number(number.clone()));
        }
    }
    if sampling.logit_bias.is_some() {
        dropped.add("logit_bias")?;
    }
    Ok(())
}

fn limits(
    request: Request<'_>,
    config: &mut Map<String, Value>,
    dropped: &mut Dropped,
) -> Result<(), Unsupported> {
    let sampling = &request.prompt.sampling;
    if let Some(mut most) = sampling.max_tokens {
        let at = request.at("generationConfig.maxOutputTokens");
        if most == 0 && !request.own() {
            return Err(request.unsupported(at, "a request for no output", "Ask for one token or more."));
        }
        if let Some(least) = request.target.quirks.limit_least.filter(|least| *least > most) {
            most = least;
            dropped.add(at)?;
        }
        config.insert("maxOutputTokens".to_owned(), most.into());
    }
    if sampling.stop.len() > MOST_STOPS && !request.own() {
        let at = request.at("generationConfig.stopSequences");
        return Err(request.unsupported(at, "more than five stop texts", "Give five or fewer."));
    }
    if !sampling.stop.is_empty() {
        config.insert("stopSequences".to_owned(), sampling.stop.clone().into());
    }
    match sampling.n {
        // An answer of another protocol has room for one alone.
        Some(number) if number > 1 && !request.own() => {
            let at = request.at("generationConfig.candidateCount");
            Err(request.unsupported(at, "a wish for several answers", "Ask once for each answer."))
        }
        Some(number) if request.own() => {
            config.insert("candidateCount".to_owned(), number.into());
            Ok(())
        }
        _ => Ok(()),
    }
}

fn logprobs(
    request: Request<'_>,
    config: &mut Map<String, Value>,
    dropped: &mut Dropped,
) -> Result<(), Unsupported> {
    let sampling = &request.prompt.sampling;
    if sampling.logprobs {
        config.insert("responseLogprobs".to_owned(), true.into());
    }
    match sampling.top_logprobs {
        Some(number) if sampling.logprobs || request.own() => {
            config.insert("logprobs".to_owned(), number.into());
            Ok(())
        }
        Some(number) if number > 0 => dropped.add(request.at("generationConfig.logprobs")),
        _ => Ok(()),
    }
}

fn format(
    request: Request<'_>,
    config: &mut Map<String, Value>,
    dropped: &mut Dropped,
) -> Result<(), Unsupported> {
    let schema = match &request.prompt.format {
        Format::Text => return Ok(()),
        Format::JsonObject => None,
        Format::JsonSchema {
            name,
            description,
            schema,
            ..
        } => Some(told(schema, name.as_deref(), description.as_deref())),
    };
    config.insert("responseMimeType".to_owned(), "application/json".into());
    let Some(schema) = schema else { return Ok(()) };
    if !request
        .target
        .quirks
        .refuses("generationConfig.responseJsonSchema")
    {
        config.insert("responseJsonSchema".to_owned(), schema);
        return Ok(());
    }
    let mut lost = Vec::new();
    let at = request.at("generationConfig.responseJsonSchema");
    config.insert("responseSchema".to_owned(), to_schema(&schema, &at, &mut lost));
    lost.into_iter().try_for_each(|path| dropped.add(path))
}

/// The schema itself is the only place for what it is called and what it is for.
fn told(schema: &Value, name: Option<&str>, description: Option<&str>) -> Value {
    let mut schema = schema.clone();
    if let Value::Object(fields) = &mut schema {
        for (field, text) in [("title", name), ("description", description)] {
            if let Some(text) = text {
                fields.entry(field).or_insert_with(|| text.into());
            }
        }
    }
    schema
}
