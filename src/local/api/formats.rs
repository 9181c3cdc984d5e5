//! What names and values must look like, in the words of apimachinery's `validation` package.
//!
//! Each function returns what is wrong, and nothing where all is well.

const DNS_1123_LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const DNS_1123_SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const DNS_1035_LABEL: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const QUALIFIED_NAME: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const CONFIG_MAP_KEY: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/// `IsDNS1123Label`: the name of a Namespace.
pub fn dns_1123_label(value: &str) -> Vec<String> {
    let dots = value.len() <= 253 && value.split('.').all(is_label);
    of(value, 63, is_label(value), if dots { "must not contain dots" } else { DNS_1123_LABEL })
}

/// `IsDNS1123Subdomain`: the name of most objects.
pub fn dns_1123_subdomain(value: &str) -> Vec<String> {
    of(value, 253, value.split('.').all(is_label), DNS_1123_SUBDOMAIN)
}

/// `IsDNS1035Label`: the name of a Service, and names in CRDs.
pub fn dns_1035_label(value: &str) -> Vec<String> {
    let letter_first = value.starts_with(|c: char| c.is_ascii_lowercase());
    of(value, 63, letter_first && is_label(value), DNS_1035_LABEL)
}

/// `IsQualifiedName`: the key of a label.
pub fn qualified_name(value: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let parts: Vec<&str> = value.split('/').collect();
    let name = match parts.as_slice() {
        [name] => name,
        [prefix, name] => {
            match prefix.is_empty() {
                true => wrong.push("prefix part must be non-empty".to_owned()),
                false => wrong.extend(dns_1123_subdomain(prefix).into_iter().map(|said| format!("prefix part {said}"))),
            }
            name
        }
        _ => {
            let words = QUALIFIED_NAME.trim_start_matches("name part ");
            let said = format!(
                "a qualified name {words} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            );
            return vec![said];
        }
    };
    if name.is_empty() {
        wrong.push("name part must be non-empty".to_owned());
    } else if name.len() > 63 {
        wrong.push("name part must be no more than 63 bytes".to_owned());
    }
    if !is_name(name) {
        wrong.push(QUALIFIED_NAME.to_owned());
    }
    wrong
}

/// `IsLabelKey`, which is `IsQualifiedName` but for its words.
pub fn label_key(value: &str) -> Vec<String> {
    let said = qualified_name(value).into_iter();
    said.map(|said| said.replacen("a qualified name must", "a valid label key must", 1)).collect()
}

/// `IsValidLabelValue`.
pub fn label_value(value: &str) -> Vec<String> {
    of(value, 63, value.is_empty() || is_name(value), LABEL_VALUE)
}

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

fn of(value: &str, most: usize, legal: bool, otherwise: &str) -> Vec<String> {
    let long = (value.len() > most).then(|| format!("must be no more than {most} bytes"));
    long.into_iter().chain((!legal).then(|| otherwise.to_owned())).collect()
}

fn is_label(value: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !value.is_empty() && value.chars().all(inner) && !value.starts_with('-') && !value.ends_with('-')
}

fn is_name(value: &str) -> bool {
    let end = |c: char| c.is_ascii_alphanumeric();
    let inner = |c: char| end(c) || matches!(c, '-' | '_' | '.');
    value.starts_with(end) && value.ends_with(end) && value.chars().all(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_subdomains_are_told_apart() {
        assert!(dns_1123_label("1-a").is_empty());
        assert_eq!(dns_1123_label("a.b"), ["must not contain dots"]);
        assert_eq!(dns_1123_label(&"A".repeat(64)).len(), 2);
        assert!(dns_1123_subdomain("1.a-b").is_empty());
        assert_eq!(dns_1123_subdomain("a..b").len(), 1);
        assert!(dns_1035_label("a1").is_empty());
        assert_eq!(dns_1035_label("1a"), [DNS_1035_LABEL]);
    }

    #[test]
    fn names_may_have_one_prefix() {
        assert!(qualified_name("a.b/C_d").is_empty());
        assert_eq!(qualified_name("/x"), ["prefix part must be non-empty"]);
        assert_eq!(qualified_name("x/").len(), 2);
        assert!(qualified_name("a/b/c")[0].starts_with("a qualified name must consist"));
        assert!(label_value("").is_empty());
        assert_eq!(label_value("a b").len(), 1);
    }

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
