//! Codings that answers are packed in.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, header};

use super::negotiate::weights;

/// Of 0 to 11: from 6 on, packing takes far longer than it saves on the wire.
const BROTLI_QUALITY: i32 = 5;
/// Bytes of what is packed that are handed on at once.
const BROTLI_BUFFER: usize = 4096;
/// Of 10 to 24: the power of two of the bytes that are looked back at.
const BROTLI_WINDOW: u32 = 22;
const ZSTD_LEVEL: i32 = 3;

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Coding {
    Brotli,
    Zstd,
    Gzip,
}

impl Coding {
    /// Smallest results first.
    const ALL: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];

    /// The one that the client likes best; the smallest of those it likes alike.
    pub(super) fn liked(headers: &HeaderMap) -> Option<Self> {
        let weights = weights(headers, &header::ACCEPT_ENCODING);
        let of = |name: &str| {
            let named = |wanted: &str| weights.iter().find(|(name, _)| *name == wanted);
            named(name).or_else(|| named("*")).map_or(0.0, |(_, weight)| *weight)
        };
        let plain = weights.iter().find(|(name, _)| *name == "identity").map_or(0.0, |(_, w)| *w);
        let best = Self::ALL.into_iter().rev().max_by(|one, other| {
            of(one.name()).total_cmp(&of(other.name())) // the last of equals
        })?;
        (of(best.name()) > 0.0 && of(best.name()) >= plain).then_some(best)
    }

    /// As HTTP calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// Packs a body. Takes about a millisecond for 30 kB.
    pub(super) fn pack(self, mut body: &[u8]) -> io::Result<Bytes> {
        Ok(match self {
            Self::Brotli => {
                let quality = brotli::enc::BrotliEncoderParams {
                    quality: BROTLI_QUALITY,
                    ..Default::default()
                };
                let mut packed = Vec::new();
                brotli::BrotliCompress(&mut body, &mut packed, &quality)?;
                packed
            }
            Self::Zstd => zstd::bulk::compress(body, ZSTD_LEVEL)?,
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(body)?;
                encoder.finish()?
            }
        }
        .into())
    }
}

/// Packs a body piece by piece, or leaves it as it is.
pub(super) enum Packer {
    Plain(Vec<u8>),
    Brotli(Box<brotli::CompressorWriter<Vec<u8>>>),
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
    Gzip(GzEncoder<Vec<u8>>),
}

impl Packer {
    pub(super) fn new(coding: Option<Coding>) -> io::Result<Self> {
        Ok(match coding {
            None => Self::Plain(Vec::new()),
            Some(Coding::Brotli) => Self::Brotli(Box::new(brotli::CompressorWriter::new(
                Vec::new(),
                BROTLI_BUFFER,
                BROTLI_QUALITY.unsigned_abs(),
                BROTLI_WINDOW,
            ))),
            Some(Coding::Zstd) => {
                Self::Zstd(zstd::stream::write::Encoder::new(Vec::new(), ZSTD_LEVEL)?)
            }
            Some(Coding::Gzip) => Self::Gzip(GzEncoder::new(Vec::new(), Compression::default())),
        })
    }

    /// What is packed by now; the rest waits for more.
    pub(super) fn take(&mut self) -> Bytes {
        let packed = match self {
            Self::Plain(packed) => packed,
            Self::Brotli(packer) => packer.get_mut(),
            Self::Zstd(packer) => packer.get_mut(),
            Self::Gzip(packer) => packer.get_mut(),
        };
        std::mem::take(packed).into()
    }

    /// The rest.
    pub(super) fn finish(self) -> io::Result<Bytes> {
        let packed = match self {
            Self::Plain(packed) => packed,
            Self::Brotli(packer) => packer.into_inner(),
            Self::Zstd(packer) => packer.finish()?,
            Self::Gzip(packer) => packer.finish()?,
        };
        Ok(packed.into())
    }

    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Plain(packed) => packed,
            Self::Brotli(packer) => packer,
            Self::Zstd(packer) => packer,
            Self::Gzip(packer) => packer,
        }
    }
}

impl Write for Packer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer().write(bytes)
    }

    /// Nothing: what is flushed is packed less well.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_best_liked_coding_is_taken_and_a_refused_one_is_not() {
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("gzip;q=1, br;q=0.5", Some("gzip")),
            ("gzip, zstd", Some("zstd")),
            ("*", Some("br")),
            ("br;q=0, *;q=0.1", Some("zstd")),
            ("identity, gzip;q=0.5", None),
            ("gzip;q=0", None),
            ("deflate", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted));
            assert_eq!(Coding::liked(&headers).map(Coding::name), expected, "{accepted}");
        }
        assert_eq!(Coding::liked(&HeaderMap::new()), None);
    }
}
