//! The files of places, for whoever wants to know what became of them.

use crate::errors::contained;
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
pub fn check_place_files(settings: NativeSettings) -> napi::Result<Vec<PlaceFileState>> {
    contained("the files of places are not known", || {
        let states = lookback_places::check(&settings.place_files()).into_iter();
        let told = states.map(|state| PlaceFileState {
            setting: state.setting.to_owned(),
            file: state.file.map(|file| file.to_string_lossy().into_owned()),
            error: state.error,
        });
        Ok(told.collect())
    })
}
