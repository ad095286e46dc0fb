//! A second factor: codes of an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds), each good
//! once, and recovery codes for who has lost the app.

pub(crate) mod api;
pub(crate) mod store;
mod verify;

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use problem::{Problem, Result};
use totp_rs::{Builder, Totp};
use uuid::Uuid;
pub(crate) use verify::verify;

use vault::{Vault, random_bytes};

/// Recovery codes of an account.
const RECOVERY_CODES: usize = 10;
/// Letters and digits of recovery codes (Crockford's base 32): none is taken for another.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Longest code that is looked at, in bytes.
const MAX_CODE: usize = 40;

/// An account's secret, shared with its app.
pub(crate) struct Secret(Vec<u8>);

impl Secret {
    /// 160 random bits (RFC 4226 §4, R6).
    pub(crate) fn generate() -> Self {
        Self(random_bytes::<20>().to_vec())
    }

    pub(crate) fn seal(&self, vault: &Vault, account_id: Uuid) -> Vec<u8> {
        vault.seal(account_id.as_bytes(), &self.0)
    }

    pub(crate) fn open(vault: &Vault, account_id: Uuid, sealed: &[u8]) -> Result<Self> {
        let plain = vault.open(account_id.as_bytes(), sealed);
        plain.map(Self).ok_or_else(|| Problem::internal(anyhow!("a second factor does not open")))
    }

    /// The 30 seconds that the code belongs to, if it is one of those before, of now, or after.
    pub(crate) fn step_of(&self, code: &str, now: DateTime<Utc>) -> Result<Option<i64>> {
        let seconds = u64::try_from(now.timestamp()).map_err(Problem::internal)?;
        let step = self.app().build().map_err(Problem::internal)?.check(code, seconds);
        step.map(i64::try_from).transpose().map_err(Problem::internal)
    }

    /// What the app is told: the secret in base 32, and the address that a QR code shows.
    pub(crate) fn introduce(&self, issuer: &str, email: &str) -> Result<(String, String)> {
        let builder = self.app().with_issuer(Some(name_of(issuer))).with_account_name(email);
        let totp: Totp = builder.build().map_err(Problem::internal)?;
        let address = totp.to_url().map_err(Problem::internal)?;
        Ok((totp.secret().to_base32(), address))
    }

    fn app(&self) -> Builder {
        Builder::new().with_secret(self.0.as_slice()).with_skew(1)
    }
}

/// The shop as the app shows it: the host of its address, which the format allows no colon in.
fn name_of(issuer: &str) -> String {
    let host = issuer.parse::<http::Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
    host.filter(|host| !host.contains(':')).unwrap_or_else(|| "Vitrine".to_owned())
}

/// New recovery codes: each 80 random bits, as four times four letters and digits.
pub(crate) fn generate_recovery_codes() -> Vec<String> {
    let code = || {
        let letters: Vec<char> = random_bytes::<16>()
            .iter()
            .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
            .collect();
        letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
    };
    (0..RECOVERY_CODES).map(|_| code()).collect()
}

/// How a recovery code is kept, however it was typed.
pub(crate) fn hash_recovery_code(vault: &Vault, account_id: Uuid, code: &str) -> Vec<u8> {
    let letters = code.chars().filter(char::is_ascii_alphanumeric);
    let plain: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    vault.digest("recovery code", &format!("{account_id} {plain}"))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    /// The secret of RFC 6238, appendix B.
    fn secret() -> Secret {
        Secret(b"12345678901234567890".to_vec())
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            let time = DateTime::from_timestamp(seconds, 0).unwrap();
            assert_eq!(secret().step_of(code, time).unwrap(), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_one_step_early_and_one_late() {
        let time = DateTime::from_timestamp(1_111_111_109, 0).unwrap();
        for (steps, is_good) in [(-2, false), (-1, true), (1, true), (2, false)] {
            let typed_at = time + TimeDelta::seconds(steps * 30);
            assert_eq!(secret().step_of("081804", typed_at).unwrap().is_some(), is_good, "{steps}");
        }
        for bad in ["", "81804", "+81804", "08180 4", "0818040", "\u{665}81804"] {
            assert_eq!(secret().step_of(bad, time).unwrap(), None, "{bad}");
        }
    }

    #[test]
    fn an_app_is_told_who_and_where() {
        let (base32, address) =
            secret().introduce("https://shop.test:8443", "ada@example.com").unwrap();
        assert_eq!(base32, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(address.starts_with("otpauth://totp/shop.test:ada%40example.com?"), "{address}");
        assert!(address.contains(&format!("secret={base32}")), "{address}");
        assert_eq!(name_of("http://[::1]:8080"), "Vitrine");
    }

    #[test]
    fn a_recovery_code_is_read_however_it_is_typed() {
        let key = web::Secret::new("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        let vault = Vault::new(&crate::MasterKey::parse(&key).unwrap());
        let (ada, bob) = (Uuid::now_v7(), Uuid::now_v7());
        let code = &generate_recovery_codes()[0];
        let hash = hash_recovery_code(&vault, ada, code);
        let typed = format!(" {} ", code.replace('-', " ").to_uppercase());
        assert_eq!(hash_recovery_code(&vault, ada, &typed), hash);
        assert_ne!(hash_recovery_code(&vault, bob, code), hash);
        assert_eq!(code.len(), 19);
    }
}
