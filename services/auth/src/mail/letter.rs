use super::Language;
use crate::secret::Token;

/// A mail as it is written.
pub(crate) struct Letter {
    sort: Sort,
    /// Address of the shop.
    shop: String,
    link: Option<String>,
}

/// What a mail says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    VerifyEmail,
    ChangeEmail,
    Register,
    AddressInUse,
    ResetPassword,
    PasswordChanged,
    EmailChanged,
    TotpEnabled,
    TotpDisabled,
}

/// A letter in one language.
pub(crate) struct Text {
    pub(crate) subject: &'static str,
    greeting: &'static str,
    body: &'static str,
    link: Option<String>,
    advice: &'static str,
    shop: String,
}

impl Letter {
    /// Says something.
    pub(super) fn notice(sort: Sort, shop: &str) -> Self {
        Self { sort, shop: shop.to_owned(), link: None }
    }

    /// Says something, with a link to one of our pages.
    pub(super) fn with_link(sort: Sort, shop: &str, token: &Token) -> Self {
        let page = if sort == Sort::ResetPassword { "reset-password" } else { "verify-email" };
        let link = format!("{shop}/oauth/{page}?token={}", token.text);
        Self { sort, shop: shop.to_owned(), link: Some(link) }
    }

    pub(super) fn text(&self, language: Language) -> Text {
        let (greeting, subject, body, advice) = match language {
            Language::English => english(self.sort),
            Language::German => german(self.sort),
            Language::French => french(self.sort),
        };
        let (shop, link) = (self.shop.clone(), self.link.clone());
        Text { subject, greeting, body, link, advice, shop }
    }
}

impl Text {
    pub(super) fn plain(&self) -> String {
        let link = self.link.as_deref().map(|link| format!("{link}\n\n")).unwrap_or_default();
        let Self { greeting, body, advice, shop, .. } = self;
        format!("{greeting}\n\n{body}\n\n{link}{advice}\n\n-- \n{shop}\n")
    }

    pub(super) fn html(&self) -> String {
        let link = self.link.as_deref().map(escape).unwrap_or_default();
        let link = match link.as_str() {
            "" => String::new(),
            link => format!("<p><a href=\"{link}\">{link}</a></p>"),
        };
        let [greeting, body, advice, shop] =
            [self.greeting, self.body, self.advice, &self.shop].map(escape);
        format!(
            "<!doctype html><html><body><p>{greeting}</p><p>{body}</p>{link}<p>{advice}</p>\
             <p>{shop}</p></body></html>"
        )
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

type Words = (&'static str, &'static str, &'static str, &'static str);

fn english(sort: Sort) -> Words {
    const NOT_YOU: &str = "If this was not you, you need not do anything.";
    const ALARM: &str = "If this was not you, reset your password now.";
    let (subject, body, advice) = match sort {
        Sort::VerifyEmail => (
            "Please confirm your e-mail address",
            "Open this page within 24 hours to confirm that this e-mail address is yours:",
            NOT_YOU,
        ),
        Sort::ChangeEmail => (
            "Please confirm your new e-mail address",
            "Open this page within 24 hours to use this e-mail address for your account:",
            NOT_YOU,
        ),
        Sort::Register => (
            "Please complete your registration",
            "Open this page within 24 hours to open your account:",
            NOT_YOU,
        ),
        Sort::AddressInUse => (
            "You have an account already",
            "Somebody, probably you, wanted to use this e-mail address for an account. There is one \
             already: sign in with it, or reset its password.",
            NOT_YOU,
        ),
        Sort::ResetPassword => (
            "Choose a new password",
            "Open this page within 15 minutes to choose a new password:",
            NOT_YOU,
        ),
        Sort::PasswordChanged => {
            ("Your password was changed", "The password of your account was changed.", ALARM)
        }
        Sort::EmailChanged => (
            "Your e-mail address was changed",
            "Your account uses another e-mail address from now on.",
            "If this was not you, please write to the shop.",
        ),
        Sort::TotpEnabled => (
            "Two-step sign-in is on",
            "From now on, signing in to your account needs a code of your authenticator app.",
            ALARM,
        ),
        Sort::TotpDisabled => (
            "Two-step sign-in is off",
            "Signing in to your account no longer needs a code of your authenticator app.",
            ALARM,
        ),
    };
    ("Hello,", subject, body, advice)
}

fn german(sort: Sort) -> Words {
    const NOT_YOU: &str = "Wenn Sie das nicht waren, brauchen Sie nichts zu tun.";
    const ALARM: &str = "Wenn Sie das nicht waren, setzen Sie jetzt Ihr Passwort zurück.";
    let (subject, body, advice) = match sort {
        Sort::VerifyEmail => (
            "Bitte bestätigen Sie Ihre E-Mail-Adresse",
            "Öffnen Sie innerhalb von 24 Stunden diese Seite, um zu bestätigen, dass diese \
             E-Mail-Adresse Ihre ist:",
            NOT_YOU,
        ),
        Sort::ChangeEmail => (
            "Bitte bestätigen Sie Ihre neue E-Mail-Adresse",
            "Öffnen Sie innerhalb von 24 Stunden diese Seite, um diese E-Mail-Adresse für Ihr Konto \
             zu verwenden:",
            NOT_YOU,
        ),
        Sort::Register => (
            "Bitte schließen Sie Ihre Registrierung ab",
            "Öffnen Sie innerhalb von 24 Stunden diese Seite, um Ihr Konto zu eröffnen:",
            NOT_YOU,
        ),
        Sort::AddressInUse => (
            "Sie haben schon ein Konto",
            "Jemand, vermutlich Sie, wollte diese E-Mail-Adresse für ein Konto verwenden. Es gibt \
             schon eines: Melden Sie sich damit an, oder setzen Sie sein Passwort zurück.",
            NOT_YOU,
        ),
        Sort::ResetPassword => (
            "Wählen Sie ein neues Passwort",
            "Öffnen Sie innerhalb von 15 Minuten diese Seite, um ein neues Passwort zu wählen:",
            NOT_YOU,
        ),
        Sort::PasswordChanged => {
            ("Ihr Passwort wurde geändert", "Das Passwort Ihres Kontos wurde geändert.", ALARM)
        }
        Sort::EmailChanged => (
            "Ihre E-Mail-Adresse wurde geändert",
            "Ihr Konto verwendet von jetzt an eine andere E-Mail-Adresse.",
            "Wenn Sie das nicht waren, schreiben Sie bitte dem Shop.",
        ),
        Sort::TotpEnabled => (
            "Die Anmeldung in zwei Schritten ist an",
            "Von jetzt an braucht die Anmeldung an Ihrem Konto einen Code Ihrer Authenticator-App.",
            ALARM,
        ),
        Sort::TotpDisabled => (
            "Die Anmeldung in zwei Schritten ist aus",
            "Die Anmeldung an Ihrem Konto braucht keinen Code Ihrer Authenticator-App mehr.",
            ALARM,
        ),
    };
    ("Guten Tag,", subject, body, advice)
}

fn french(sort: Sort) -> Words {
    const NOT_YOU: &str = "Si ce n’était pas vous, vous n’avez rien à faire.";
    const ALARM: &str = "Si ce n’était pas vous, réinitialisez votre mot de passe maintenant.";
    let (subject, body, advice) = match sort {
        Sort::VerifyEmail => (
            "Veuillez confirmer votre adresse e-mail",
            "Ouvrez cette page dans les 24 heures pour confirmer que cette adresse e-mail est la \
             vôtre :",
            NOT_YOU,
        ),
        Sort::ChangeEmail => (
            "Veuillez confirmer votre nouvelle adresse e-mail",
            "Ouvrez cette page dans les 24 heures pour utiliser cette adresse e-mail avec votre \
             compte :",
            NOT_YOU,
        ),
        Sort::Register => (
            "Veuillez terminer votre inscription",
            "Ouvrez cette page dans les 24 heures pour ouvrir votre compte :",
            NOT_YOU,
        ),
        Sort::AddressInUse => (
            "Vous avez déjà un compte",
            "Quelqu’un, sans doute vous, a voulu utiliser cette adresse e-mail pour un compte. Il y en \
             a déjà un : connectez-vous, ou réinitialisez son mot de passe.",
            NOT_YOU,
        ),
        Sort::ResetPassword => (
            "Choisissez un nouveau mot de passe",
            "Ouvrez cette page dans les 15 minutes pour choisir un nouveau mot de passe :",
            NOT_YOU,
        ),
        Sort::PasswordChanged => (
            "Votre mot de passe a été changé",
            "Le mot de passe de votre compte a été changé.",
            ALARM,
        ),
        Sort::EmailChanged => (
            "Votre adresse e-mail a été changée",
            "Votre compte utilise désormais une autre adresse e-mail.",
            "Si ce n’était pas vous, veuillez écrire à la boutique.",
        ),
        Sort::TotpEnabled => (
            "La connexion en deux étapes est activée",
            "Désormais, la connexion à votre compte demande un code de votre application \
             d’authentification.",
            ALARM,
        ),
        Sort::TotpDisabled => (
            "La connexion en deux étapes est désactivée",
            "La connexion à votre compte ne demande plus de code de votre application \
             d’authentification.",
            ALARM,
        ),
    };
    ("Bonjour,", subject, body, advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_written_in_plain_text_and_in_html_with_the_same_link() {
        let token = Token::generate();
        let letter = Letter::with_link(Sort::ResetPassword, "https://shop.test", &token);
        let link = format!("https://shop.test/oauth/reset-password?token={}", token.text);
        let text = letter.text(Language::German);
        assert_eq!(text.subject, "Wählen Sie ein neues Passwort");
        assert!(text.plain().contains(&format!("\n\n{link}\n\n")));
        assert!(text.html().contains(&format!("<a href=\"{link}\">{link}</a>")));
        let notice = Letter::notice(Sort::EmailChanged, "https://a&b.test").text(Language::English);
        assert!(!notice.plain().contains("token") && notice.html().contains("a&amp;b.test"));
    }
}
