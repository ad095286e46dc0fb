use http::{HeaderMap, header};

use crate::authorization::AuthorizationRequest;

/// What the pages say, in one language.
pub(super) struct Text {
    /// BCP 47.
    pub(super) language: &'static str,
    pub(super) sign_in: &'static str,
    pub(super) email: &'static str,
    pub(super) password: &'static str,
    pub(super) wrong: &'static str,
    pub(super) wishes: &'static str,
    pub(super) allow: &'static str,
    pub(super) deny: &'static str,
    pub(super) sign_out: &'static str,
    pub(super) sign_out_question: &'static str,
    pub(super) signed_out: &'static str,
    pub(super) failed: &'static str,
    pub(super) stale: &'static str,
    pub(super) too_many: &'static str,
    pub(super) trouble: &'static str,
    /// By scope; what is not here needs no words.
    scopes: [(&'static str, &'static str); 6],
}

const ENGLISH: Text = Text {
    language: "en",
    sign_in: "Sign in",
    email: "E-mail address",
    password: "Password",
    wrong: "The e-mail address or the password is wrong.",
    wishes: "asks to:",
    allow: "Allow",
    deny: "Deny",
    sign_out: "Sign out",
    sign_out_question: "Do you want to sign out of this browser?",
    signed_out: "You are signed out of this browser.",
    failed: "This did not work",
    stale: "This page was open for too long, or was not opened by this browser. Go back to where you \
            came from and try again.",
    too_many: "There were too many attempts. Wait a minute and try again.",
    trouble: "Something went wrong on our side. Try again in a moment.",
    scopes: [
        ("openid", "know that it is you"),
        ("email", "see your e-mail address"),
        ("profile", "see your name"),
        ("phone", "see your phone number"),
        ("offline_access", "stay signed in while you are away"),
        ("shop", "act for you in the shop: carts, orders, addresses and profile"),
    ],
};

const GERMAN: Text = Text {
    language: "de",
    sign_in: "Anmelden",
    email: "E-Mail-Adresse",
    password: "Passwort",
    wrong: "Die E-Mail-Adresse oder das Passwort ist falsch.",
    wishes: "bittet darum,",
    allow: "Erlauben",
    deny: "Ablehnen",
    sign_out: "Abmelden",
    sign_out_question: "Möchten Sie sich in diesem Browser abmelden?",
    signed_out: "Sie sind in diesem Browser abgemeldet.",
    failed: "Das hat nicht geklappt",
    stale: "Diese Seite war zu lange offen oder wurde nicht von diesem Browser geöffnet. Gehen Sie \
            zurück und versuchen Sie es noch einmal.",
    too_many: "Es waren zu viele Versuche. Warten Sie eine Minute und versuchen Sie es noch einmal.",
    trouble: "Bei uns ist etwas schiefgegangen. Versuchen Sie es gleich noch einmal.",
    scopes: [
        ("openid", "zu wissen, dass Sie es sind"),
        ("email", "Ihre E-Mail-Adresse zu sehen"),
        ("profile", "Ihren Namen zu sehen"),
        ("phone", "Ihre Telefonnummer zu sehen"),
        ("offline_access", "angemeldet zu bleiben, während Sie nicht da sind"),
        ("shop", "im Shop für Sie zu handeln: Warenkörbe, Bestellungen, Adressen und Profil"),
    ],
};

const FRENCH: Text = Text {
    language: "fr",
    sign_in: "Se connecter",
    email: "Adresse e-mail",
    password: "Mot de passe",
    wrong: "L’adresse e-mail ou le mot de passe est incorrect.",
    wishes: "demande à :",
    allow: "Autoriser",
    deny: "Refuser",
    sign_out: "Se déconnecter",
    sign_out_question: "Voulez-vous vous déconnecter de ce navigateur ?",
    signed_out: "Vous êtes déconnecté de ce navigateur.",
    failed: "Cela n’a pas fonctionné",
    stale: "Cette page est restée ouverte trop longtemps ou n’a pas été ouverte par ce navigateur. \
            Revenez en arrière et réessayez.",
    too_many: "Trop de tentatives. Attendez une minute et réessayez.",
    trouble: "Un problème est survenu de notre côté. Réessayez dans un instant.",
    scopes: [
        ("openid", "savoir que c’est vous"),
        ("email", "voir votre adresse e-mail"),
        ("profile", "voir votre nom"),
        ("phone", "voir votre numéro de téléphone"),
        ("offline_access", "rester connecté en votre absence"),
        ("shop", "agir pour vous dans la boutique : paniers, commandes, adresses et profil"),
    ],
};

impl Text {
    /// In the browser's language (RFC 9110 §12.5.4), or English.
    pub(super) fn of(headers: &HeaderMap) -> &'static Self {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self::best(accepted.unwrap_or_default().split(','))
    }

    /// In the language that the application asks for, or the browser's.
    pub(super) fn of_request(request: &AuthorizationRequest, headers: &HeaderMap) -> &'static Self {
        match &request.ui_locales {
            Some(locales) => Self::best(locales.split(' ')),
            None => Self::of(headers),
        }
    }

    /// The first one that we speak; browsers list the better ones first.
    fn best<'a>(mut wanted: impl Iterator<Item = &'a str>) -> &'static Self {
        let find = |tag: &str| {
            let primary = tag.trim().split(['-', ';', '_']).next().unwrap_or_default();
            [&ENGLISH, &GERMAN, &FRENCH]
                .into_iter()
                .find(|text| text.language.eq_ignore_ascii_case(primary))
        };
        wanted.find_map(find).unwrap_or(&ENGLISH)
    }

    /// What an application asks for with this scope, in words. Scopes of staff are told as they are.
    pub(super) fn wish<'a>(&self, scope: &'a str) -> Option<&'a str>
    where
        'static: 'a,
    {
        let known = self.scopes.iter().find(|(name, _)| *name == scope);
        Some(known.map_or(scope, |(_, words)| words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_speak_the_first_language_that_we_know() {
        let language = |accepted: &str| Text::best(accepted.split(',')).language;
        assert_eq!(language("de-AT,en;q=0.8"), "de");
        assert_eq!(language("it-IT, fr;q=0.5"), "fr");
        assert_eq!(language("*"), "en");
        assert_eq!(language(""), "en");
    }
}
