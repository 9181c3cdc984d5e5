use super::*;

fn wrong(found: &[String]) -> String {
    found.join("; ")
}

#[test]
fn good_names_have_nothing_wrong() {
    for name in ["a", "a-b", "1", "a.b-c.9", &"a".repeat(253)] {
        assert_eq!(dns_subdomain(name), Vec::<String>::new(), "{name}");
    }
    for name in ["a", "a-b", "1", &"a".repeat(63)] {
        assert_eq!(dns_label(name), Vec::<String>::new(), "{name}");
    }
    for name in ["a", "A_b.C-1", "x.y/Z", "example.com/a"] {
        assert_eq!(qualified_name(name), Vec::<String>::new(), "{name}");
    }
    for value in ["", "a", "A_b.C-1"] {
        assert_eq!(label_value(value), Vec::<String>::new(), "{value}");
    }
}

#[test]
fn bad_names_are_refused() {
    for name in ["", "A", "-a", "a-", "a..b", ".a", "a.", "a_b", "a.-b", "ä", &"a".repeat(254)] {
        assert!(!dns_subdomain(name).is_empty(), "{name}");
    }
    for name in ["", "a.b", "A", "a-", "9-", &"a".repeat(64)] {
        assert!(!dns_label(name).is_empty(), "{name}");
    }
    for name in ["", "9a", "a.b", "a-"] {
        assert!(!dns_label_1035(name).is_empty(), "{name}");
    }
    for name in ["", "/a", "a/", "A/b", "a/b/c", "-a", "a b", "a/-b", &"a".repeat(64)] {
        assert!(!qualified_name(name).is_empty(), "{name}");
    }
    for value in ["-", "a ", "ä", &"a".repeat(64)] {
        assert!(!label_value(value).is_empty(), "{value}");
    }
}

#[test]
fn lengths_are_told_in_characters_of_names_and_in_bytes_of_keys() {
    assert_eq!(wrong(&dns_subdomain(&"a".repeat(254))), "must be no more than 253 characters");
    assert_eq!(wrong(&qualified_name(&"a".repeat(64))), "name part must be no more than 63 bytes");
    assert_eq!(wrong(&qualified_name(&format!("{}/x", "a".repeat(254)))), "prefix part must be no more than 253 bytes");
    assert_eq!(wrong(&dns_label("a.b")), "must not contain dots");
}

#[test]
fn the_first_part_of_a_generated_name_may_end_in_a_dash() {
    for prefix in ["a-", "a.b-", "A-", "é-"] {
        assert_eq!(NameRule::Subdomain.check_prefix(prefix), Vec::<String>::new(), "{prefix}");
    }
    for prefix in ["-", "A", "AB-", ".b-"] {
        assert!(!NameRule::Subdomain.check_prefix(prefix).is_empty(), "{prefix}");
    }
}

#[test]
fn path_segments_may_be_nearly_anything() {
    assert_eq!(NameRule::PathSegment.check("A b:c"), Vec::<String>::new());
    assert_eq!(wrong(&NameRule::PathSegment.check("..")), "may not be '..'");
    assert_eq!(wrong(&NameRule::PathSegment.check("a/%")), "may not contain '/'; may not contain '%'");
    assert_eq!(NameRule::PathSegment.check_prefix(".."), Vec::<String>::new());
}
