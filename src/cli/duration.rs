//! Durations as Go writes them: `90s`, `1h30m`, `1.5h`, `500ms`, `0`.

use std::time::Duration;

use jiff::SignedDuration;

/// Reads a duration.
///
/// # Errors
/// Says what a duration looks like.
pub fn parse(text: &str) -> Result<Duration, String> {
    let explain = || format!("`{text}` is no duration, such as 90s, 5m or 1h30m");
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let signed: SignedDuration = text.parse().map_err(|_| explain())?;
    Duration::try_from(signed).map_err(|_| explain())
}

/// Reads a duration where a bare number counts as seconds, as kubectl's `--request-timeout` has it.
///
/// # Errors
/// Says what a duration looks like.
pub fn parse_or_seconds(text: &str) -> Result<Duration, String> {
    text.parse().map(Duration::from_secs).or_else(|_| parse(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_gos() {
        assert_eq!(parse("1h30m").unwrap(), Duration::from_secs(5400));
        assert_eq!(parse("500ms").unwrap(), Duration::from_millis(500));
        assert_eq!(parse("1.5h").unwrap(), Duration::from_secs(5400));
        assert_eq!(parse("0").unwrap(), Duration::ZERO);
        assert_eq!(parse("0s").unwrap(), Duration::ZERO);
        assert!(parse("60").unwrap_err().contains("no duration"));
        assert!(parse("-5s").is_err());
        assert!(parse("soon").is_err());
        assert_eq!(parse_or_seconds("60").unwrap(), Duration::from_secs(60));
        assert_eq!(parse_or_seconds("2m").unwrap(), Duration::from_secs(120));
    }
}
