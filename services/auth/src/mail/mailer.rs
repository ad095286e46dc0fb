use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result, anyhow, bail};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
    transport::smtp,
};
use problem::{Kind, Problem};
use uuid::Uuid;
use web::{Env, Secret};

use super::{Language, Letter};
use crate::account::Email;

/// A step of the talk with a mail server takes at most this long.
const STEP: Duration = Duration::from_secs(10);
/// Stands for the console among folders.
const CONSOLE: &str = "-";

/// How mail is sent.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// `VITRINE_SMTP_URL` (or `…_FILE`): the mail server, `smtps://user:password@host:465`, or
    /// `smtp://…:587?tls=required` for STARTTLS. Without encryption only on this machine.
    pub smtp_url: Option<Secret>,
    /// `VITRINE_MAIL_DIR`: instead of sending, writes every mail as a file into this folder; `-` prints
    /// them. For tests and demos: there are one-time links in mails.
    pub dir: Option<String>,
    /// `VITRINE_MAIL_FROM`: sender of the mails, `Shop <shop@example.com>`; needed with a mail server.
    pub from: String,
}

impl MailConfig {
    /// Whether there is a way to send.
    pub(crate) fn is_set(&self) -> bool {
        self.smtp_url.is_some() || self.dir.is_some()
    }

    pub(crate) fn from_env(env: &mut Env) -> Result<Self> {
        let smtp_url = env.optional_secret("VITRINE_SMTP_URL")?;
        let dir = env.optional("VITRINE_MAIL_DIR")?;
        let from: Option<String> = env.optional("VITRINE_MAIL_FROM")?;
        if smtp_url.is_some() && (dir.is_some() || from.is_none()) {
            bail!("VITRINE_SMTP_URL needs VITRINE_MAIL_FROM and excludes VITRINE_MAIL_DIR");
        }
        let from = from.unwrap_or_else(|| "Vitrine <no-reply@localhost>".to_owned());
        let config = Self { smtp_url, dir, from };
        Mailer::new(&config)?;
        Ok(config)
    }
}

/// Sends mail; cheap to clone.
#[derive(Clone)]
pub(crate) struct Mailer {
    from: Mailbox,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(Arc<PathBuf>),
    Console,
    None,
}

impl Mailer {
    pub(crate) fn new(config: &MailConfig) -> Result<Self> {
        let from = config.from.parse().context(
            "the variable VITRINE_MAIL_FROM must be an address such as Shop <shop@example.com>",
        )?;
        let way = match (&config.smtp_url, config.dir.as_deref()) {
            (Some(url), _) => Way::Smtp(connect(url)?),
            (None, Some(CONSOLE)) => Way::Console,
            (None, Some(dir)) => Way::Folder(Arc::new(dir.into())),
            (None, None) => Way::None,
        };
        Ok(Self { from, way })
    }

    /// Whether there is a way to send.
    pub(crate) fn sends(&self) -> bool {
        !matches!(self.way, Way::None)
    }

    /// 503 without a way to send: for requests that are of no use then.
    pub(crate) fn require(&self) -> problem::Result<()> {
        if self.sends() {
            return Ok(());
        }
        let detail = "this installation sends no mail";
        Err(Problem::new(Kind::Unavailable, "mail_not_configured", detail))
    }

    /// Sends it now; the same id twice is the same mail. Errors name nobody.
    pub(super) async fn send(
        &self,
        id: Uuid,
        to: &Email,
        language: Language,
        letter: &Letter,
    ) -> Result<()> {
        let message = self.write(id, to, language, letter)?;
        match &self.way {
            Way::Smtp(server) => {
                server.send(message).await.map_err(|error| anyhow!(describe(&error)))?;
            }
            Way::Folder(dir) => {
                tokio::fs::create_dir_all(dir.as_path()).await?;
                let draft = dir.join(format!("{id}.new"));
                tokio::fs::write(&draft, message.formatted()).await?;
                tokio::fs::rename(&draft, dir.join(format!("{id}.eml"))).await?;
            }
            Way::Console => println!("{}", String::from_utf8_lossy(&message.formatted())),
            Way::None => bail!("there is no way to send"),
        }
        Ok(())
    }

    fn write(&self, id: Uuid, to: &Email, language: Language, letter: &Letter) -> Result<Message> {
        let text = letter.text(language);
        let body = MultiPart::alternative_plain_html(text.plain(), text.html());
        let address =
            to.as_str().parse().map_err(|_| anyhow!("the address cannot be written to"))?;
        Message::builder()
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(text.subject)
            .multipart(body)
            .map_err(|_| anyhow!("the mail cannot be written"))
    }
}

fn connect(url: &Secret) -> Result<AsyncSmtpTransport<Tokio1Executor>> {
    const RULE: &str = "the variable VITRINE_SMTP_URL must be an address such as \
        smtps://user:password@host:465 or smtp://user:password@host:587?tls=required";
    let address: http::Uri = url.expose().parse().map_err(|_| anyhow!(RULE))?;
    let is_here = matches!(address.host(), Some("127.0.0.1" | "[::1]" | "localhost"));
    let is_encrypted = address.scheme_str() == Some("smtps")
        || address.query().is_some_and(|query| query.split('&').any(|part| part == "tls=required"));
    if !is_here && !is_encrypted {
        bail!("{RULE}: without encryption only on this machine");
    }
    let builder =
        AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose()).map_err(|_| anyhow!(RULE))?;
    Ok(builder.timeout(Some(STEP)).build())
}

/// Without the words of the server: there are addresses in them.
fn describe(error: &smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server answered {code}"),
        None if error.is_timeout() => "the mail server did not answer in time".to_owned(),
        None if error.is_tls() => "no encrypted connection to the mail server".to_owned(),
        None => "no connection to the mail server".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str) -> Result<()> {
        connect(&Secret::new(url)).map(drop)
    }

    #[test]
    fn mail_leaves_this_machine_encrypted_or_not_at_all() {
        for good in [
            "smtps://user:p%40ss@mail.example.com:465",
            "smtp://user:pass@mail.example.com:587?tls=required",
            "smtp://127.0.0.1:2525",
            "smtp://[::1]:2525",
        ] {
            check(good).unwrap();
        }
        for bad in [
            "smtp://user:pass@mail.example.com:587",
            "smtp://mail.example.com?tls=opportunistic",
            "http://mail.example.com",
            "mail.example.com",
            "",
        ] {
            let error = check(bad).unwrap_err().to_string();
            assert!(error.contains("VITRINE_SMTP_URL"), "{bad}: {error}");
        }
    }
}
