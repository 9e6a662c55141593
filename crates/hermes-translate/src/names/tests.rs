use serde_json::json;

use super::Names;
use crate::prompt::{Tool, ToolKind};

fn tool(name: &str, namespace: Option<&str>, custom: bool) -> Tool {
    let kind = if custom {
        ToolKind::Custom { format: None }
    } else {
        ToolKind::Function {
            schema: json!({"type": "object"}),
            strict: None,
        }
    };
    Tool {
        kind,
        name: name.to_owned(),
        description: None,
        namespace: namespace.map(str::to_owned),
        cache: None,
        others: Vec::new(),
        at: "tools[0]".to_owned(),
    }
}

fn odd_tools() -> Vec<Tool> {
    let long = "x".repeat(90);
    vec![
        tool("get_weather", None, false),
        tool("get.weather", None, false),
        tool("get weather", None, false),
        tool(&long, None, false),
        tool(&format!("{long}y"), None, false),
        tool("read", Some("files"), false),
        tool("files__read", None, false),
        tool("apply_patch", None, true),
        tool("天气", None, false),
        tool("get_weather", None, false),
    ]
}

#[test]
fn every_name_fits_is_its_own_and_comes_back() {
    let tools = odd_tools();
    let names = Names::new(&tools, false);
    assert_eq!(
        names.sent("get_weather", None).len(),
        names.sent("get_weather", None).trim().len()
    );
    let mut seen = std::collections::HashSet::new();
    for tool in &tools[..9] {
        let sent = names.sent(&tool.name, tool.namespace.as_deref());
        assert!(
            sent.len() <= 64
                && sent
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)),
            "{sent}"
        );
        assert!(seen.insert(sent.clone()), "{sent} stands for two tools");
        let original = names.original(&sent);
        assert_eq!(
            (original.name.as_str(), original.namespace.as_deref()),
            (tool.name.as_str(), tool.namespace.as_deref())
        );
        assert_eq!(original.custom, matches!(tool.kind, ToolKind::Custom { .. }));
    }
    assert_eq!(names.sent("read", Some("files")), "files__read");
    assert_eq!(names.original("unheard_of").name, "unheard_of");
    assert!(!Names::new(&tools, true).original("apply_patch").custom);
}
