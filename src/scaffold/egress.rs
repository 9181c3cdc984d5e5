//! Which components may reach which hosts: without a list, a component reaches none.

use super::Opened;
use super::draft::Part;

/// Gives the hosts to those that send requests, as far as the images say so, else to all. Who sends requests has a list in
/// any case, an empty one at least: that nothing is allowed is said, not left out.
pub(super) fn allow(parts: &mut [Part], hosts: &[String], opened: &Opened) {
    let asks = |part: &Part| opened.get(&part.component.image).map(|component| component.is_http_client());
    let anyone = parts.iter().any(|part| asks(part) != Some(false));
    for part in parts.iter_mut() {
        let known = asks(part);
        let gets = !hosts.is_empty() && (known != Some(false) || !anyone);
        if gets {
            part.resources().allowed_hosts.get_or_insert_default().extend(hosts.iter().cloned());
        } else if known == Some(true) {
            part.resources().allowed_hosts.get_or_insert_default();
        }
    }
}
