//! Where a request goes.

use hermes_core::Protocol;
use hermes_http::join;
use hermes_pool::Leased;
use url::Url;

use crate::job::{Call, Job};
use crate::reply::Refusal;

/// Kind of the refusal where a provider counts no tokens.
pub(crate) const NO_COUNT: &str = "not_supported";

pub(crate) fn address(job: &Job<'_>, leased: &Leased) -> Result<Url, Refusal> {
    match job.call {
        Call::Generate | Call::Count if job.protocol == Protocol::Gemini => Ok(gemini(job, leased)),
        Call::Generate => Ok(leased.runtime.endpoint.clone()),
        Call::Embeddings => Ok(join(&leased.runtime.base_url, "embeddings")),
        Call::Compact => Ok(below(&leased.runtime.endpoint, "compact")),
        Call::Kept => {
            let kept = job.kept.as_ref();
            let tail = kept.map(|kept| format!("{}{}", kept.id, kept.rest));
            Ok(below(&leased.runtime.endpoint, &tail.unwrap_or_default()))
        }
        Call::Count => leased.runtime.count_endpoint.clone().ok_or_else(|| {
            let message = format!("`{}` has no call that counts tokens", leased.provider);
            Refusal::new(501, NO_COUNT, message)
        }),
    }
}

/// An address below the generating call's.
fn below(endpoint: &Url, tail: &str) -> Url {
    let mut url = endpoint.clone();
    url.set_path(&format!("{}/{tail}", endpoint.path().trim_end_matches('/')));
    url
}

/// A Gemini upstream is told model and call in the path.
fn gemini(job: &Job<'_>, leased: &Leased) -> Url {
    let streams = match (&job.crossing, &job.asked.path) {
        (Some(crossing), _) => crossing.streams,
        (None, Some(path)) => path.streams,
        (None, None) => false,
    };
    let call = match &job.asked.path {
        Some(path) if job.crossing.is_none() => path.call(),
        _ if streams => "streamGenerateContent",
        _ => "generateContent",
    };
    let mut url = leased.runtime.endpoint.clone();
    let model = format!("{}:{call}", job.asked.route.model);
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().push(&model);
    }
    if streams {
        url.set_query(Some("alt=sse"));
    }
    url
}
