//! Codes made from names: what the management API takes as code of an attribute, option, category or
//! family.

use sha2::{Digest, Sha256};

/// Longest code.
const MAX_LENGTH: usize = 100;

/// Lower-case letters, digits and underscores; the same name always gives the same code. What had to
/// be cut or has nothing left gets a suffix made of the whole name.
pub(super) fn to_code(name: &str) -> String {
    let mut code = String::with_capacity(name.len());
    let mut lost = false;
    for character in name.trim().chars().flat_map(char::to_lowercase) {
        match character {
            'a'..='z' | '0'..='9' => code.push(character),
            _ if fold(character).is_some() => code.push_str(fold(character).unwrap_or_default()),
            _ => {
                lost |= !(character == ' ' || character == '_' || character == '-');
                if !code.ends_with('_') {
                    code.push('_');
                }
            }
        }
    }
    let trimmed = code.trim_matches('_');
    if trimmed.is_empty() || trimmed.len() > MAX_LENGTH || lost {
        let short: String = trimmed.chars().take(MAX_LENGTH - 9).collect();
        return format!("{short}_{}", suffix(name)).trim_start_matches('_').to_owned();
    }
    trimmed.to_owned()
}

fn suffix(name: &str) -> String {
    Sha256::digest(name).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

fn fold(character: char) -> Option<&'static str> {
    Some(match character {
        'ä' | 'à' | 'á' | 'â' | 'å' => "a",
        'ö' | 'ó' | 'ò' | 'ô' => "o",
        'ü' | 'ú' | 'ù' | 'û' => "u",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'í' | 'ì' | 'î' | 'ï' => "i",
        'ç' => "c",
        'ñ' => "n",
        'ß' => "ss",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_readable_code() {
        assert_eq!(to_code("Toner Cartridge"), "toner_cartridge");
        assert_eq!(to_code("Größe-XS"), "grosse_xs");
    }

    #[test]
    fn names_that_differ_in_signs_only_get_different_codes() {
        assert_ne!(to_code("A+"), to_code("A++"));
        assert_ne!(to_code("1/2"), to_code("1.2"));
        assert_ne!(to_code("日本"), to_code("中国"));
    }

    #[test]
    fn a_code_is_never_too_long_or_empty() {
        for name in ["", "___", &"x".repeat(300), &"é".repeat(150)] {
            let code = to_code(name);
            assert!((1..=MAX_LENGTH).contains(&code.len()), "{code}");
        }
    }
}
