//! The API server's certificate, and the authority that a kubeconfig trusts for it.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use serde::{Deserialize, Serialize};

use super::{Directory, DirectoryError, private};

/// Names that the API server goes by.
const NAMES: [&str; 3] = ["127.0.0.1", "::1", "localhost"];
const FILE: &str = "certificate.json";
/// How long a certificate is good for.
const LIFE: SignedDuration = SignedDuration::from_hours(365 * 24);
/// A certificate is made anew when less than this is left of it.
const RENEWAL: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Certificates and the server's key, all as PEM. The authority's own key is nowhere: it signed once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The first day it is good for.
    not_before: Timestamp,
    /// The day it ends.
    not_after: Timestamp,
    /// The authority.
    pub authority: String,
    /// The server's certificate.
    pub certificate: String,
    /// The server's key.
    pub key: String,
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Certificate").field("not_after", &self.not_after).finish_non_exhaustive()
    }
}

impl Directory {
    /// The certificate kept here; a new one when there is none that is good for another month.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn certificate(&self, now: Timestamp) -> Result<Certificate, DirectoryError> {
        let path = self.path().join(FILE);
        let kept = private::read(&path)?.and_then(|text| serde_json::from_str(&text).ok());
        if let Some(kept) = kept.filter(|kept: &Certificate| kept.is_good(now)) {
            return Ok(kept);
        }
        let new = Certificate::new(now).map_err(|error| DirectoryError::Keys(error.to_string()))?;
        let json = serde_json::to_vec(&new).map_err(|error| DirectoryError::Keys(error.to_string()))?;
        private::write(&path, &json)?;
        Ok(new)
    }
}

impl Certificate {
    fn new(now: Timestamp) -> Result<Self, rcgen::Error> {
        // Whole days, the first of them past, so that a clock that is a little behind does not matter.
        let day = |moment: Timestamp| moment.to_zoned(TimeZone::UTC).date();
        let (first, last) = (day(now).saturating_sub(1.day()), day(now.saturating_add(LIFE).unwrap_or(now)));
        let days = |params: &mut CertificateParams| {
            params.not_before = date_time_ymd(first.year().into(), first.month() as u8, first.day() as u8);
            params.not_after = date_time_ymd(last.year().into(), last.month() as u8, last.day() as u8);
        };
        let mut authority = CertificateParams::default();
        authority.distinguished_name.push(DnType::CommonName, "kubectl-wasmcloud local");
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        days(&mut authority);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
        let mut server = CertificateParams::new(NAMES.map(str::to_owned))?;
        server.distinguished_name.push(DnType::CommonName, "kubectl-wasmcloud local API server");
        server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        server.use_authority_key_identifier_extension = true;
        days(&mut server);
        let key = KeyPair::generate()?;
        let certificate = server.signed_by(&key, &authority)?.pem();
        let moment =
            |date: jiff::civil::Date| TimeZone::UTC.to_timestamp(DateTime::from(date)).unwrap_or(Timestamp::UNIX_EPOCH);
        let (not_before, not_after) = (moment(first), moment(last));
        Ok(Self { not_before, not_after, authority: authority.pem(), certificate, key: key.serialize_pem() })
    }

    fn is_good(&self, now: Timestamp) -> bool {
        self.not_before <= now && now.duration_until(self.not_after) > RENEWAL
    }
}
