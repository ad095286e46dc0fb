use std::{fs, path::PathBuf};

/// A folder that mails are written to; gone afterwards.
pub(crate) struct MailFolder(PathBuf);

/// A mail as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

impl MailFolder {
    pub(crate) fn new() -> Self {
        Self(std::env::temp_dir().join(format!("vitrine-mail-{}", uuid::Uuid::now_v7())))
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    pub(crate) fn read(&self) -> Vec<Mail> {
        let Ok(folder) = fs::read_dir(&self.0) else { return Vec::new() };
        let mut paths: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        assert!(paths.iter().all(|path| path.extension().is_some_and(|end| end == "eml")));
        paths.iter().map(|path| Mail::parse(&fs::read_to_string(path).unwrap())).collect()
    }
}

impl Drop for MailFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Mail {
    /// Reads a message of two parts, plain text first.
    pub(crate) fn parse(message: &str) -> Self {
        let header = |name: &str| {
            let line = message.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
            line.unwrap_or_default().to_owned()
        };
        let plain = message.split("text/plain").nth(1).unwrap().split("\r\n--").next().unwrap();
        let text = plain.split_once("\r\n\r\n").unwrap().1;
        let text = text.replace("=\r\n", "").replace("=3D", "=").replace("\r\n", "\n");
        Self { to: header("To"), subject: header("Subject"), text }
    }

    /// The token of its link to this page.
    pub(crate) fn token(&self, page: &str) -> String {
        let link = format!("http://shop.test/oauth/{page}?token=");
        let (_, rest) = self.text.split_once(&link).unwrap_or_else(|| panic!("{self:?}"));
        rest.lines().next().unwrap().to_owned()
    }
}
