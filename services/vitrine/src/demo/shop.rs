//! All models of the shop, drawn from the seed, each kind from a seed of its own so that a change to
//! one kind leaves the others as they were.

use fastrand::Rng;

use super::model::Model;
use super::words::kinds::kinds;

pub(crate) fn draw_models(seed: u64) -> Vec<Model> {
    let mut eans = 0;
    let mut models = Vec::new();
    for kind in kinds() {
        let mut rng = Rng::with_seed(seed ^ fingerprint(kind.code));
        let mut series = kind.series.to_vec();
        rng.shuffle(&mut series);
        let drawn = series.into_iter().take(kind.models);
        models.extend(drawn.map(|series| Model::draw(kind, series, &mut rng, &mut eans)));
    }
    models
}

/// FNV-1a: a number per word that stays the same from build to build.
pub(crate) fn fingerprint(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
