use super::*;

/// Texts of each format and texts that are not; asked of a kube-apiserver 1.36.3 with a field of each format.
const CASES: &[(&str, &[&str], &[&str])] = &[
    ("bsonobjectid", &["507f1f77bcf86cd799439011"], &["507f1f77bcf86cd79943901", "507f1f77bcf86cd79943901x"]),
    ("uri", &["http://a.b/c?d=e", "/a", "mailto:a@b", "a:b"], &["", "a", "a b", "http://a b/", "http://a/%zz", "*x"]),
    ("email", &["a@b", "Ann <a@b.c>", "\"a b\"@c.d"], &["", "a", "@b", "a@", "a@b@c", "a b@c", "<a@b"]),
    ("hostname", &["a", "a.bc", "1a.example.com", "a-b.cd"], &["", "a.b", "-a", "a_b", "a..bc"]),
    ("ipv4", &["1.2.3.4", "01.002.3.4", "::ffff:1.2.3.4"], &["", "1.2.3", "1.2.3.256", "::1", "1.2.3.4.5"]),
    ("ipv6", &["::1", "::ffff:1.2.3.4", "2001:db8::"], &["", "1.2.3.4", "::1%eth0", ":::"]),
    ("cidr", &["1.2.3.0/24", "01.2.3.4/8", "::1/128"], &["", "1.2.3.4", "1.2.3.4/33", "::1/129", "1.2.3.4/-1"]),
    ("mac", &["01:23:45:67:89:ab", "0123.4567.89ab"], &["", "01:23:45:67:89", "01:23-45:67:89:ab"]),
    ("uuid", &["F47AC10B-58CC-0372-0567-0E02B2C3D479", "f47ac10b58cc037205670e02b2c3d479"], &["", "f47ac10b"]),
    ("uuid3", &["f47ac10b-58cc-3372-0567-0e02b2c3d479"], &["f47ac10b-58cc-4372-a567-0e02b2c3d479"]),
    ("uuid4", &["f47ac10b-58cc-4372-a567-0e02b2c3d479"], &["f47ac10b-58cc-4372-0567-0e02b2c3d479"]),
    ("uuid5", &["f47ac10b-58cc-5372-a567-0e02b2c3d479"], &["f47ac10b-58cc-4372-a567-0e02b2c3d479"]),
    ("isbn", &["0321751043", "978-0321751041"], &["0321751044", "978-0321751042", "", "x"]),
    ("isbn10", &["0321751043", "080442957X"], &["978-0321751041", "X804429570"]),
    ("isbn13", &["978-0321751041"], &["0321751043"]),
    ("creditcard", &["4111 1111 1111 1111"], &["4111 1111 1111 1112", "", "x"]),
    ("ssn", &["123-45-6789", "123 45 6789"], &["123456789", "123-45-678", ""]),
    ("hexcolor", &["#FFFFFF", "fff"], &["#FFFFF", "#ggg", ""]),
    ("rgbcolor", &["rgb(255,0, 9)"], &["rgb(256,0,0)", "rgb(1,2)", ""]),
    ("byte", &["aGk=", "aGkK"], &["", "aGk", "a-_="]),
    ("password", &["", "x"], &[]),
    ("date", &["2024-02-29"], &["2023-02-29", "2024-2-9", "2024-02-29T00:00:00Z", ""]),
    ("duration", &["1h30m", "0", "22 ns", "3 weeks", "1.5s", "-1s"], &["", "1", "x", "h"]),
    (
        "date-time",
        &["2014-12-15T19:30:20.000Z", "2014-12-15t19:30:20z", "2014-12-15T19:30:20+01:00"],
        &["", "2014-12-15", "2014-12-15T24:00:00Z", "2014-12-15T19:30:20", "2014-13-15T19:30:20Z"],
    ),
    ("k8s-short-name", &["a-b"], &["A", "a.b", ""]),
    ("k8s-long-name", &["a.b"], &["A", "a..b", ""]),
];

#[test]
fn formats_take_what_the_server_takes() {
    for (name, good, bad) in CASES {
        let format = Format::named(name).unwrap();
        for text in *good {
            assert!(format.accepts(text), "{name} takes {text:?}");
        }
        for text in *bad {
            assert!(!format.accepts(text), "{name} refuses {text:?}");
        }
    }
}

#[test]
fn other_formats_are_none() {
    for name in ["", "int32", "custom", "DateTime"] {
        assert!(Format::named(name).is_none());
    }
}
