//! The macro that makes messages: each a function of the language and its values, both languages side by side.

/// Makes one function for each message.
///
/// A message without values is `&'static str`, one with values a `String`. One that counts something takes a [`crate::Count`] first
/// and gives `one` and `other` for English; Chinese has a single form. Values stand in braces by their names.
macro_rules! messages {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident $( ( $($values:tt)+ ) )? { $($body:tt)+ }
    )*) => {
        $( message! { [$(#[doc = $doc])+] $name [$( $($values)+ )?] $($body)+ } )*
    };
}

macro_rules! message {
    ([$($doc:tt)+] $name:ident [] en: $en:literal, zh: $zh:literal $(,)?) => {
        $($doc)+
        pub fn $name(lang: $crate::Lang) -> &'static str {
            match lang {
                $crate::Lang::En => $en,
                $crate::Lang::Zh => $zh,
            }
        }
    };
    ([$($doc:tt)+] $name:ident [$($value:ident : $type:ty),+] en: $en:literal, zh: $zh:literal $(,)?) => {
        $($doc)+
        pub fn $name(lang: $crate::Lang, $($value: $type),+) -> String {
            match lang {
                $crate::Lang::En => format!($en),
                $crate::Lang::Zh => format!($zh),
            }
        }
    };
    (
        [$($doc:tt)+] $name:ident [$count:ident : Count $(, $value:ident : $type:ty)*]
        one: $one:literal, other: $other:literal, zh: $zh:literal $(,)?
    ) => {
        $($doc)+
        pub fn $name(lang: $crate::Lang, $count: impl Into<$crate::Count>, $($value: $type),*) -> String {
            let counted: $crate::Count = $count.into();
            let $count = counted.grouped();
            match lang {
                $crate::Lang::En if counted.is_one() => format!($one),
                $crate::Lang::En => format!($other),
                $crate::Lang::Zh => format!($zh),
            }
        }
    };
}
