//! The files of places, for whoever wants to know what became of them.

use crate::settings::NativeSettings;
use napi_derive::napi;

/// What one setting of places came to.
#[napi(object)]
pub struct PlaceFileState {
    /// The setting (`geoLite2Country`).
    pub setting: String,
    /// The file that is there, or null.
    pub file: Option<String>,
    /// Why it cannot be read, or null.
    pub error: Option<String>,
}

/// Reads the files of places and says what each setting came to.
#[napi]
pub fn check_place_files(settings: NativeSettings) -> Vec<PlaceFileState> {
    lookback_places::check(&settings.place_files())
        .into_iter()
        .map(|state| PlaceFileState {
            setting: state.setting.to_owned(),
            file: state.file.map(|file| file.to_string_lossy().into_owned()),
            error: state.error,
        })
        .collect()
}
