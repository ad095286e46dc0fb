use rust_decimal::Decimal;
use serde_json::Value;

use super::data::Reading;
use crate::management::media_file::{IMAGE_EXTENSIONS, MediaFile};

const BYTES_PER_MEGABYTE: i64 = 1024 * 1024;

pub(super) fn read(reading: &mut Reading<'_>, data: &Value) -> Option<Option<Value>> {
    let Some(path) = data.as_str() else { return reading.expects("a string", data) };
    let Some(file) = reading.lookup.media_file(path) else {
        let code = &reading.attribute.code;
        reading.report.format(
            "values",
            format!("Property \"{code}\" expects a valid pathname as data, \"{path}\" given."),
        );
        return None;
    };
    check(reading, file)?;
    Some(Some(data.clone()))
}

fn check(reading: &mut Reading<'_>, file: &MediaFile) -> Option<()> {
    let attribute = reading.attribute;
    let (code, properties) = (&attribute.code, &attribute.properties);
    let extension = file.extension.to_lowercase();
    let is_image = attribute.kind == crate::management::attribute::Kind::Image;
    let allowed: Vec<&str> = match properties.allowed_extensions.as_slice() {
        [] if is_image => IMAGE_EXTENSIONS.to_vec(),
        listed => listed.iter().map(String::as_str).collect(),
    };
    if !allowed.is_empty() && !allowed.contains(&extension.as_str()) {
        return reading.refuse(format!(
            "The {extension} file extension is not allowed for the {code} attribute. Allowed extensions are {}.",
            allowed.join(", ")
        ));
    }
    if is_image && !file.mime_type.starts_with("image/") {
        return reading
            .refuse(format!("The {code} attribute requires an image, and the file is none."));
    }
    let limit = properties.max_file_size.as_ref().and_then(|text| text.parse::<Decimal>().ok());
    if let Some(limit) = limit
        && Decimal::from(file.size) > limit * Decimal::from(BYTES_PER_MEGABYTE)
    {
        return reading
            .refuse(format!("The {code} attribute accepts files of at most {limit} MB."));
    }
    Some(())
}
