//! What keys and ports must look like, in the words of apimachinery's `validation` package. Names of objects and labels
//! are checked by [`schema::metadata`](crate::schema::metadata).
//!
//! Each function returns what is wrong, and nothing where all is well.

const CONFIG_MAP_KEY: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/// `IsConfigMapKey`.
pub fn config_map_key(value: &str) -> Vec<String> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut wrong = Vec::new();
    if value.len() > 253 {
        wrong.push("must be no more than 253 characters".to_owned());
    }
    if value.is_empty() || !value.chars().all(legal) {
        wrong.push(CONFIG_MAP_KEY.to_owned());
    }
    if value == "." {
        wrong.push("must not be '.'".to_owned());
    } else if value == ".." {
        wrong.push("must not be '..'".to_owned());
    } else if value.starts_with("..") {
        wrong.push("must not start with '..'".to_owned());
    }
    wrong
}

/// `IsValidPortName`: what a Service's `targetPort` is called.
pub fn port_name(value: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if value.len() > 15 {
        wrong.push("must be no more than 15 characters".to_owned());
    }
    if value.is_empty() || !value.chars().all(legal) {
        wrong.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".to_owned());
    }
    if !value.chars().any(|c| c.is_ascii_lowercase()) {
        wrong.push("must contain at least one letter (a-z)".to_owned());
    }
    if value.contains("--") {
        wrong.push("must not contain consecutive hyphens".to_owned());
    }
    if value.starts_with('-') || value.ends_with('-') {
        wrong.push("must not begin or end with a hyphen".to_owned());
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_config_maps_are_file_names() {
        assert!(config_map_key("a_B.c-9").is_empty());
        assert_eq!(config_map_key(".."), ["must not be '..'"]);
        assert_eq!(config_map_key("..a"), ["must not start with '..'"]);
        assert_eq!(config_map_key("a/b"), [CONFIG_MAP_KEY]);
    }

    #[test]
    fn port_names_are_short_and_have_a_letter() {
        assert!(port_name("http-1").is_empty());
        assert_eq!(port_name("80"), ["must contain at least one letter (a-z)"]);
        assert_eq!(port_name("a--b-").len(), 2);
    }
}
