//! Why the machine refused something.

use std::io::{Error, ErrorKind};

use crate::Lang;

/// Why a call to the system failed, with the path where the error names one. English takes the system's own words, and so does any
/// reason that is seldom met.
pub fn reason(lang: Lang, error: &Error) -> String {
    match (chinese(lang, error.kind()), path(error)) {
        (Some(why), Some(path)) => format!("`{path}`：{why}"),
        (Some(why), None) => why.to_owned(),
        (None, _) => error.to_string(),
    }
}

/// The reason alone, for a message that has the path already.
pub fn bare_reason(lang: Lang, error: &Error) -> String {
    let text = error.to_string();
    match (chinese(lang, error.kind()), text.rsplit_once("`: ")) {
        (Some(why), _) | (None, Some((_, why))) => why.to_owned(),
        (None, None) => text,
    }
}

fn chinese(lang: Lang, kind: ErrorKind) -> Option<&'static str> {
    if lang == Lang::En {
        return None;
    }
    Some(match kind {
        ErrorKind::NotFound => "文件或文件夹不存在",
        ErrorKind::PermissionDenied => "没有权限",
        ErrorKind::AlreadyExists => "已存在",
        ErrorKind::NotADirectory => "不是文件夹",
        ErrorKind::IsADirectory => "是文件夹",
        ErrorKind::StorageFull => "磁盘空间不足",
        ErrorKind::ReadOnlyFilesystem => "文件系统为只读",
        ErrorKind::AddrInUse => "地址已被占用",
        ErrorKind::AddrNotAvailable => "本机没有此地址",
        ErrorKind::ConnectionRefused => "连接被拒绝",
        ErrorKind::ConnectionReset => "连接被重置",
        ErrorKind::TimedOut => "超时",
        ErrorKind::InvalidData => "内容无效",
        _ => return None,
    })
}

/// The path that stands in backticks in the text of an error which was put together by a program.
fn path(error: &Error) -> Option<String> {
    let inner = error.get_ref()?.to_string();
    inner.split('`').nth(1).map(str::to_owned)
}
