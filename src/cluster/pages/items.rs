//! A list of objects while it arrives: its items come out as soon as they are complete.

/// Takes a list apart. What stands around its items is kept until the end.
#[derive(Debug, Default)]
pub(super) struct Items {
    around: Vec<u8>,
    items: Vec<u8>,
    /// Braces and brackets that are open.
    depth: usize,
    text: Text,
    is_inside: bool,
    /// Bytes of `items` that are complete.
    complete: usize,
}

/// Whether a byte is part of a string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Text {
    #[default]
    Outside,
    Inside,
    Escaped,
}

/// Depth of what stands in the list of items.
const ITEM: usize = 2;

impl Items {
    /// Takes in what has arrived.
    pub(super) fn take_in(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.take(*byte);
        }
    }

    fn take(&mut self, byte: u8) {
        let was_outside = self.text == Text::Outside;
        self.text = match (self.text, byte) {
            (Text::Outside, b'"') | (Text::Escaped, _) => Text::Inside,
            (Text::Inside, b'"') => Text::Outside,
            (Text::Inside, b'\\') => Text::Escaped,
            (text, _) => text,
        };
        let opens = was_outside && matches!(byte, b'{' | b'[');
        let closes = was_outside && matches!(byte, b'}' | b']');
        if closes {
            self.depth = self.depth.saturating_sub(1);
            self.is_inside &= self.depth >= ITEM;
        }
        if self.is_inside { &mut self.items } else { &mut self.around }.push(byte);
        if opens {
            self.is_inside |= byte == b'[' && self.depth + 1 == ITEM && self.is_at_items();
            self.depth += 1;
        }
        if closes && self.is_inside && self.depth == ITEM {
            self.complete = self.items.len();
        }
    }

    /// Whether the list that has just begun is that of the items.
    fn is_at_items(&self) -> bool {
        let before = self.around.trim_ascii_end();
        let key = before.strip_suffix(b"[").map(<[u8]>::trim_ascii_end).and_then(|before| before.strip_suffix(b":"));
        key.is_some_and(|before| before.trim_ascii_end().ends_with(b"\"items\""))
    }

    /// Bytes of the items that are complete and were not given out.
    pub(super) fn ready(&self) -> usize {
        self.complete
    }

    /// Gives out the items that are complete, as a list of their own.
    pub(super) fn give(&mut self) -> Vec<u8> {
        let rest = self.items.split_off(self.complete);
        let given = std::mem::replace(&mut self.items, rest);
        self.complete = 0;
        let given = given.trim_ascii_start();
        let given = given.strip_prefix(b",").unwrap_or(given);
        [b"{\"items\":[", given, b"]}"].concat()
    }

    /// What stands around the items: a list without any.
    pub(super) fn around(&self) -> &[u8] {
        &self.around
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// What comes out when a list arrives in pieces of that many bytes.
    fn in_pieces(text: &str, length: usize) -> (Vec<Value>, Value) {
        let (mut items, mut given) = (Items::default(), Vec::new());
        for piece in text.as_bytes().chunks(length) {
            items.take_in(piece);
            if items.ready() > 0 {
                let list: Value = serde_json::from_slice(&items.give()).unwrap();
                given.extend(list["items"].as_array().unwrap().clone());
            }
        }
        (given, serde_json::from_slice(items.around()).unwrap())
    }

    #[test]
    fn items_come_out_whole_wherever_the_list_is_cut() {
        let odd = json!({"a": "\"items\":[{]}\\", "items": [[1], {"b": []}], "é": "\\\""});
        let all = vec![json!({"metadata": {"name": "x"}}), odd, json!({})];
        let list = json!({"apiVersion": "v1", "items": all, "kind": "L", "metadata": {"continue": "t", "items": [1]}});
        for text in [list.to_string(), serde_json::to_string_pretty(&list).unwrap()] {
            for length in 1..text.len() {
                let (given, around) = in_pieces(&text, length);
                assert_eq!(given, all, "{length}");
                let rest = json!({"apiVersion": "v1", "items": [], "kind": "L", "metadata": list["metadata"]});
                assert_eq!(around, rest, "{length}");
            }
        }
    }

    #[test]
    fn a_list_may_be_empty_or_none() {
        for text in [json!({"items": []}), json!({"items": null, "kind": "L"}), json!({"rows": [{"items": [{}]}]})] {
            assert_eq!(in_pieces(&text.to_string(), 3), (vec![], text));
        }
    }
}
