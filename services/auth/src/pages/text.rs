use http::{HeaderMap, header};

use crate::{authorization::AuthorizationRequest, mail::Language};

/// What the pages say, in one language.
pub(super) struct Text {
    /// BCP 47.
    pub(super) language: &'static str,
    pub(super) sign_in: &'static str,
    pub(super) email: &'static str,
    pub(super) password: &'static str,
    pub(super) password_rule: &'static str,
    pub(super) wrong: &'static str,
    pub(super) no_account: &'static str,
    pub(super) register: &'static str,
    pub(super) have_account: &'static str,
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    pub(super) email_taken: &'static str,
    pub(super) bad_email: &'static str,
    pub(super) bad_password: &'static str,
    pub(super) bad_name: &'static str,
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
    pub(super) forgot: &'static str,
    pub(super) forgot_hint: &'static str,
    pub(super) send_link: &'static str,
    pub(super) link_sent: &'static str,
    pub(super) new_password: &'static str,
    pub(super) set_password: &'static str,
    pub(super) password_set: &'static str,
    pub(super) bad_link: &'static str,
    pub(super) prove_sent: &'static str,
    pub(super) verify: &'static str,
    pub(super) verify_question: &'static str,
    pub(super) verified: &'static str,
    pub(super) registered: &'static str,
    pub(super) changed_email: &'static str,
    pub(super) code: &'static str,
    pub(super) code_needed: &'static str,
    pub(super) code_wrong: &'static str,
    /// By scope; what is not here needs no words.
    scopes: [(&'static str, &'static str); 6],
}

const ENGLISH: Text = Text {
    language: "en",
    sign_in: "Sign in",
    email: "E-mail address",
    password: "Password",
    password_rule: "At least 8 characters; a sentence is good.",
    wrong: "The e-mail address or the password is wrong.",
    no_account: "No account yet?",
    register: "Register",
    have_account: "You have an account?",
    first_name: "First name",
    last_name: "Last name",
    email_taken: "There is an account with this e-mail address.",
    bad_email: "This is not an e-mail address.",
    bad_password: "The password must have 8 to 256 characters and not be a common one.",
    bad_name: "A name is too long or has characters that cannot be shown.",
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
    forgot: "Forgot your password?",
    forgot_hint: "We send a link to your address, with which you choose a new password.",
    send_link: "Send the link",
    link_sent: "If there is an account with this address, a mail is on its way. The link in it works for 15 minutes.",
    new_password: "Choose a new password",
    set_password: "Set the password",
    password_set: "The new password is set. You are signed out everywhere and can sign in with it now.",
    bad_link: "The link is too old or was used before. Ask for a new one.",
    prove_sent: "A mail is on its way. Open the link in it to go on.",
    verify: "Confirm your e-mail address",
    verify_question: "Confirm that this address is yours.",
    verified: "Your e-mail address is confirmed.",
    registered: "Your account is ready. You can sign in now.",
    changed_email: "Your new e-mail address is confirmed.",
    code: "Code of your authenticator app",
    code_needed: "This account has a second factor: type your password again, and the code of your authenticator app.",
    code_wrong: "The code is wrong, or was used before.",
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
    password_rule: "Mindestens 8 Zeichen; ein Satz ist gut.",
    wrong: "Die E-Mail-Adresse oder das Passwort ist falsch.",
    no_account: "Noch kein Konto?",
    register: "Registrieren",
    have_account: "Sie haben ein Konto?",
    first_name: "Vorname",
    last_name: "Nachname",
    email_taken: "Zu dieser E-Mail-Adresse gibt es ein Konto.",
    bad_email: "Das ist keine E-Mail-Adresse.",
    bad_password: "Das Passwort muss 8 bis 256 Zeichen haben und darf kein häufiges sein.",
    bad_name: "Ein Name ist zu lang oder hat Zeichen, die nicht angezeigt werden können.",
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
    forgot: "Passwort vergessen?",
    forgot_hint: "Wir schicken an Ihre Adresse einen Link, mit dem Sie ein neues Passwort wählen.",
    send_link: "Link schicken",
    link_sent: "Wenn es zu dieser Adresse ein Konto gibt, ist eine Mail unterwegs. Der Link darin gilt 15 Minuten.",
    new_password: "Neues Passwort wählen",
    set_password: "Passwort setzen",
    password_set: "Das neue Passwort gilt. Sie sind überall abgemeldet und können sich jetzt damit anmelden.",
    bad_link: "Der Link ist zu alt oder wurde schon benutzt. Fordern Sie einen neuen an.",
    prove_sent: "Eine Mail ist unterwegs. Öffnen Sie den Link darin, um fortzufahren.",
    verify: "E-Mail-Adresse bestätigen",
    verify_question: "Bestätigen Sie, dass diese Adresse Ihre ist.",
    verified: "Ihre E-Mail-Adresse ist bestätigt.",
    registered: "Ihr Konto ist bereit. Sie können sich jetzt anmelden.",
    changed_email: "Ihre neue E-Mail-Adresse ist bestätigt.",
    code: "Code Ihrer Authenticator-App",
    code_needed: "Dieses Konto hat einen zweiten Faktor: Geben Sie Ihr Passwort noch einmal ein, und den Code Ihrer Authenticator-App.",
    code_wrong: "Der Code ist falsch oder wurde schon benutzt.",
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
    password_rule: "Au moins 8 caractères ; une phrase convient bien.",
    wrong: "L’adresse e-mail ou le mot de passe est incorrect.",
    no_account: "Pas encore de compte ?",
    register: "Créer un compte",
    have_account: "Vous avez un compte ?",
    first_name: "Prénom",
    last_name: "Nom",
    email_taken: "Il existe un compte avec cette adresse e-mail.",
    bad_email: "Ce n’est pas une adresse e-mail.",
    bad_password: "Le mot de passe doit avoir de 8 à 256 caractères et ne pas être courant.",
    bad_name: "Un nom est trop long ou contient des caractères impossibles à afficher.",
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
    forgot: "Mot de passe oublié ?",
    forgot_hint: "Nous envoyons à votre adresse un lien pour choisir un nouveau mot de passe.",
    send_link: "Envoyer le lien",
    link_sent: "S’il existe un compte avec cette adresse, un e-mail est en route. Son lien est valable 15 minutes.",
    new_password: "Choisir un nouveau mot de passe",
    set_password: "Enregistrer le mot de passe",
    password_set: "Le nouveau mot de passe est enregistré. Vous êtes déconnecté partout et pouvez vous connecter.",
    bad_link: "Le lien est trop ancien ou a déjà servi. Demandez-en un nouveau.",
    prove_sent: "Un e-mail est en route. Ouvrez son lien pour continuer.",
    verify: "Confirmer votre adresse e-mail",
    verify_question: "Confirmez que cette adresse est la vôtre.",
    verified: "Votre adresse e-mail est confirmée.",
    registered: "Votre compte est prêt. Vous pouvez vous connecter.",
    changed_email: "Votre nouvelle adresse e-mail est confirmée.",
    code: "Code de votre application d’authentification",
    code_needed: "Ce compte a un second facteur : saisissez à nouveau votre mot de passe, et le code de votre application d’authentification.",
    code_wrong: "Le code est incorrect ou a déjà servi.",
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
    /// In the browser's language, or English.
    pub(super) fn of(headers: &HeaderMap) -> &'static Self {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self::in_language(Language::choose(accepted.unwrap_or_default()))
    }

    /// In the language that the application asks for, or the browser's.
    pub(super) fn of_request(request: &AuthorizationRequest, headers: &HeaderMap) -> &'static Self {
        match &request.ui_locales {
            Some(locales) => Self::in_language(Language::choose(&locales.replace(' ', ","))),
            None => Self::of(headers),
        }
    }

    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
            Language::French => &FRENCH,
        }
    }

    /// What an application asks for with this scope, in words. Scopes of staff are told as they are.
    pub(super) fn wish<'a>(&self, scope: &'a str) -> &'a str {
        let known = self.scopes.iter().find(|(name, _)| *name == scope);
        known.map_or(scope, |(_, words)| words)
    }
}
