//! The files of places: which there are, when they are read again.

use crate::Places;
use crate::databases::Database;
use crate::tables::{Makers, Registries};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// How often files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Largest table that is read, in bytes.
const LARGEST_TABLE: u64 = 64 << 20;
/// Sets of files that are kept loaded; a process has one or two.
const MOST_SETS: usize = 8;

/// Where places come from. Of several paths the first that exists is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PlaceFiles {
    /// `geoLite2Country`.
    pub country: Vec<PathBuf>,
    /// `geoLite2ASN`.
    pub asn: Vec<PathBuf>,
    /// `rirFile`.
    pub rir: Vec<PathBuf>,
    /// `ouiFile`.
    pub oui: Vec<PathBuf>,
}

/// What one setting came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileState {
    /// The setting (`geoLite2Country`).
    pub setting: &'static str,
    /// The file that is there, or none.
    pub file: Option<PathBuf>,
    /// Why it cannot be read.
    pub error: Option<String>,
}

/// A file as it was when it was read: another time or size means another content.
type Stamp = Option<(PathBuf, SystemTime, u64)>;

struct State {
    places: Arc<Places>,
    stamps: [Stamp; 4],
    looked: Instant,
    loading: bool,
}

/// Places that follow their files: at most once a minute they are looked at, and read again when one changed, appeared or
/// went. Reading is done beside the work: until it is done, places are as before.
pub struct PlaceSource {
    files: PlaceFiles,
    state: Mutex<State>,
}

static SHARED: OnceLock<Mutex<HashMap<PlaceFiles, Arc<PlaceSource>>>> = OnceLock::new();

impl PlaceSource {
    /// The places of these files, read once per process.
    pub fn shared(files: &PlaceFiles) -> Arc<Self> {
        let mut shared = SHARED.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = shared.get(files) {
            return Arc::clone(known);
        }
        if shared.len() >= MOST_SETS {
            shared.clear();
        }
        let source = Arc::new(Self::open(files));
        shared.insert(files.clone(), Arc::clone(&source));
        source
    }

    /// Reads the files now.
    pub fn open(files: &PlaceFiles) -> Self {
        let stamps = stamps_of(files);
        let (places, _) = load(files);
        Self {
            files: files.clone(),
            state: Mutex::new(State {
                places: Arc::new(places),
                stamps,
                looked: Instant::now(),
                loading: false,
            }),
        }
    }

    /// The places as they are now. Cheap; call it for every batch of rows.
    pub fn current(self: &Arc<Self>) -> Arc<Places> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.loading && state.looked.elapsed() >= LOOK_EVERY {
            state.looked = Instant::now();
            if stamps_of(&self.files) != state.stamps {
                state.loading = true;
                let source = Arc::clone(self);
                // Without a thread to be had, the next look tries again.
                let begun =
                    std::thread::Builder::new().name("places".to_owned()).spawn(move || source.reload());
                state.loading = begun.is_ok();
            }
        }
        Arc::clone(&state.places)
    }

    /// Reads the files again, at once. Of one that is there and cannot be read, half written perhaps, what was read before
    /// stays, and the next look tries again.
    pub fn reload(&self) {
        let mut stamps = stamps_of(&self.files);
        let (mut places, states) = load(&self.files);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        places.keep_of(&state.places, states.each_ref().map(|state| state.error.is_some()));
        for ((stamp, before), FileState { error, .. }) in stamps.iter_mut().zip(&state.stamps).zip(&states) {
            if error.is_some() {
                stamp.clone_from(before);
            }
        }
        state.places = Arc::new(places);
        state.stamps = stamps;
        state.loading = false;
    }
}

impl std::fmt::Debug for PlaceSource {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("PlaceSource").field("files", &self.files).finish_non_exhaustive()
    }
}

/// Reads the files and says of each setting which file there is and why it cannot be read.
pub fn check(files: &PlaceFiles) -> Vec<FileState> {
    load(files).1.into()
}

fn load(files: &PlaceFiles) -> (Places, [FileState; 4]) {
    let (country, country_state) = load_one("geoLite2Country", &files.country, Database::open);
    let (asn, asn_state) = load_one("geoLite2ASN", &files.asn, Database::open);
    let (registries, rir_state) = load_one("rirFile", &files.rir, |file| {
        Registries::read(&text_of(file)?).ok_or("it has no line like 001/8,APNIC,…".to_owned())
    });
    let (makers, oui_state) = load_one("ouiFile", &files.oui, |file| {
        Makers::read(&text_of(file)?).ok_or("it has no line like 00:00:0C, a tab and a name".to_owned())
    });
    (Places { country, asn, registries, makers }, [country_state, asn_state, rir_state, oui_state])
}

fn load_one<T>(
    setting: &'static str,
    paths: &[PathBuf],
    read: impl Fn(&Path) -> Result<T, String>,
) -> (Option<Arc<T>>, FileState) {
    let Some(file) = first_that_exists(paths) else {
        return (None, FileState { setting, file: None, error: None });
    };
    match read(file) {
        Ok(loaded) => {
            (Some(Arc::new(loaded)), FileState { setting, file: Some(file.to_owned()), error: None })
        }
        Err(error) => (None, FileState { setting, file: Some(file.to_owned()), error: Some(error) }),
    }
}

fn first_that_exists(paths: &[PathBuf]) -> Option<&Path> {
    paths.iter().map(PathBuf::as_path).find(|path| path.is_file())
}

fn text_of(file: &Path) -> Result<String, String> {
    let length = std::fs::metadata(file).map_err(|error| error.to_string())?.len();
    if length > LARGEST_TABLE {
        return Err(format!("it has {length} bytes; at most {LARGEST_TABLE} are read"));
    }
    std::fs::read(file)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .map_err(|error| error.to_string())
}

fn stamps_of(files: &PlaceFiles) -> [Stamp; 4] {
    [&files.country, &files.asn, &files.rir, &files.oui].map(|paths| {
        let file = first_that_exists(paths)?;
        let found = std::fs::metadata(file).ok()?;
        Some((file.to_owned(), found.modified().ok()?, found.len()))
    })
}
