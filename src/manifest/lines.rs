//! The lines of a text as YAML has them: each ends with LF, CRLF, or CR alone, as on a Mac before OS X.

/// What ends a line, or begins what ends it.
const BREAKS: [char; 2] = ['\n', '\r'];

/// The lines, each with what ends it.
pub(crate) fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (line, behind) = rest.split_at(end(rest, 0));
        rest = behind;
        Some(line).filter(|line| !line.is_empty())
    })
}

/// Where the lines begin that stand behind a break.
pub(crate) fn starts(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    text.match_indices(BREAKS).filter_map(move |(index, sign)| {
        let is_half = sign == "\r" && bytes.get(index + 1) == Some(&b'\n');
        (!is_half).then_some(index + 1)
    })
}

/// Where the line begins that a byte is in.
pub(crate) fn begin(text: &str, offset: usize) -> usize {
    // Between the two halves of a break is its line still.
    let offset = if text.get(..offset).is_some_and(|before| before.ends_with('\r')) && is_feed(text, offset) {
        offset.saturating_sub(1)
    } else {
        offset
    };
    text.get(..offset).and_then(|before| before.rfind(BREAKS)).map_or(0, |index| index + 1)
}

/// Where the line ends that a byte is in, with what ends it.
pub(crate) fn end(text: &str, offset: usize) -> usize {
    let Some(index) = text.get(offset..).and_then(|rest| rest.find(BREAKS)).map(|index| offset + index) else {
        return text.len();
    };
    let is_pair = text.get(index..).is_some_and(|rest| rest.starts_with("\r\n"));
    index + if is_pair { 2 } else { 1 }
}

/// The line that begins at a byte, without what ends it.
pub(crate) fn at(text: &str, start: usize) -> &str {
    text.get(start..end(text, start)).unwrap_or_default().trim_end_matches(BREAKS)
}

/// Where a line begins and how long it is, in bytes; lines are counted from 1.
pub(crate) fn span(text: &str, line: usize) -> (usize, usize) {
    let start = split(text).take(line.saturating_sub(1)).map(str::len).sum();
    (start, at(text, start).len())
}

/// The line and the column of a byte, both counted from 1; columns are characters.
pub(crate) fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..text.floor_char_boundary(offset)).unwrap_or_default();
    let start = begin(text, before.len());
    (starts(text).take_while(|start| *start <= offset).count() + 1, before[start..].chars().count() + 1)
}

fn is_feed(text: &str, offset: usize) -> bool {
    text.as_bytes().get(offset) == Some(&b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_break_ends_one_line() {
        let text = "one\ntwo\r\nthree\rfour\n\r\r\nü";
        let lines: Vec<_> = split(text).collect();
        assert_eq!(lines, ["one\n", "two\r\n", "three\r", "four\n", "\r", "\r\n", "ü"]);
        let begins = lines.iter().scan(0, |at, line| {
            *at += line.len();
            Some(*at)
        });
        assert_eq!(starts(text).collect::<Vec<_>>(), begins.take(6).collect::<Vec<_>>());
        assert_eq!((split("").count(), starts("").count(), starts("a\r").count()), (0, 0, 1));
    }

    #[test]
    fn a_byte_is_in_one_line() {
        let text = "one\r\ntwo\rthree";
        for (offset, begun, ended) in [(0, 0, 5), (3, 0, 5), (4, 0, 5), (5, 5, 9), (8, 5, 9), (9, 9, 14), (14, 9, 14)] {
            assert_eq!((begin(text, offset), end(text, begun)), (begun, ended), "{offset}");
        }
        assert_eq!((span(text, 1), span(text, 2), span(text, 3), span(text, 4)), ((0, 3), (5, 3), (9, 5), (14, 0)));
        assert_eq!((place(text, 0), place(text, 6), place(text, 14)), ((1, 1), (2, 2), (3, 6)));
        assert_eq!(at(text, 5), "two");
    }
}
