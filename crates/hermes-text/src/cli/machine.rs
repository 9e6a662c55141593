//! Why the machine refused something.

use std::io::{Error, ErrorKind};

use crate::Lang;

/// Why a call to the system failed. English takes the system's own words, and so does any reason that is seldom met.
pub fn reason(lang: Lang, error: &Error) -> String {
    let chinese = match (lang, error.kind()) {
        (Lang::Zh, ErrorKind::NotFound) => "文件或文件夹不存在",
        (Lang::Zh, ErrorKind::PermissionDenied) => "没有权限",
        (Lang::Zh, ErrorKind::AlreadyExists) => "已存在",
        (Lang::Zh, ErrorKind::NotADirectory) => "不是文件夹",
        (Lang::Zh, ErrorKind::IsADirectory) => "是文件夹",
        (Lang::Zh, ErrorKind::StorageFull) => "磁盘空间不足",
        (Lang::Zh, ErrorKind::ReadOnlyFilesystem) => "文件系统为只读",
        (Lang::Zh, ErrorKind::AddrInUse) => "地址已被占用",
        (Lang::Zh, ErrorKind::AddrNotAvailable) => "本机没有此地址",
        (Lang::Zh, ErrorKind::ConnectionRefused) => "连接被拒绝",
        (Lang::Zh, ErrorKind::ConnectionReset) => "连接被重置",
        (Lang::Zh, ErrorKind::TimedOut) => "超时",
        (Lang::Zh, ErrorKind::InvalidData) => "内容无效",
        _ => return error.to_string(),
    };
    match path(error) {
        Some(path) => format!("`{path}`：{chinese}"),
        None => chinese.to_owned(),
    }
}

/// The path that stands in backticks in the text of an error which was put together by a program.
fn path(error: &Error) -> Option<String> {
    let inner = error.get_ref()?.to_string();
    inner.split('`').nth(1).map(str::to_owned)
}
