//! Files that are dropped onto `/begin/data`: streamed to disk within a limit, looked into, and imported on the owner's word.

use std::path::{Path as FilePath, PathBuf};

use axum::Extension;
use axum::extract::multipart::{Field, MultipartRejection};
use axum::extract::{Multipart, Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use longplay_measures::{Key, Question};
use longplay_store::Store;
use tokio::io::AsyncWriteExt;

use super::uploads::{Brought, FILES_MAX, Phase, UPLOAD_BYTES_MAX, Upload, harmless, place};
use super::{data_page, to};
use crate::app::App;
use crate::auth::Caller;
use crate::error::{self, Code, HttpError, PageError};
use crate::pages::begin::FilesPage;

/// `POST /begin/files`: takes them all, or none.
pub async fn take_files(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    multipart: Result<Multipart, MultipartRejection>,
) -> Result<Response, PageError> {
    match taken(&app, multipart).await {
        Ok(id) => {
            app.log(&caller, "files_uploaded", None).await;
            Ok(to(&format!("/begin/files/{id}")))
        }
        Err(error) => data_page(&app, Some(error)).await,
    }
}

fn wrong(message: impl Into<String>) -> HttpError {
    HttpError::new(Code::BadParameter, message)
}

async fn taken(app: &App, multipart: Result<Multipart, MultipartRejection>) -> Result<String, HttpError> {
    let mut multipart = multipart.map_err(|_| wrong("No file came. Choose one or more, and send them again."))?;
    if !app.uploads().takes_files() {
        return Err(wrong("This server takes files by `longplay import` alone."));
    }
    if app.demonstration().is_some() && app.read(Store::is_demo).await? {
        return Err(wrong(
            "What is here is a demonstration. Remove it first, and bring your own then.",
        ));
    }
    let place = app
        .uploads()
        .folder(app.store(), app.now())
        .map_err(HttpError::failed)?;
    let busy = "Others are bringing files just now. Try again when theirs are imported.";
    let (id, folder) = place.ok_or_else(|| HttpError::new(Code::Busy, busy))?;
    match received(&mut multipart, &folder).await {
        Ok(files) => {
            app.uploads()
                .begin((id.clone(), folder), files, app.shared_store(), app.now());
            Ok(id)
        }
        Err(error) => {
            // Half of an upload is none.
            let _ = tokio::fs::remove_dir_all(&folder).await;
            Err(error)
        }
    }
}

async fn received(multipart: &mut Multipart, folder: &FilePath) -> Result<Vec<Brought>, HttpError> {
    let cut = |_| wrong("The files did not come whole. Send them again.");
    let mut files: Vec<Brought> = Vec::new();
    let mut room = UPLOAD_BYTES_MAX;
    while let Some(field) = multipart.next_field().await.map_err(cut)? {
        // An empty file field is what a browser sends when nothing was chosen.
        let Some(name) = field.file_name().filter(|name| !name.is_empty()).map(harmless) else {
            continue;
        };
        if files.len() == FILES_MAX {
            return Err(wrong(format!("At most {FILES_MAX} files at a time.")));
        }
        let path = folder.join(place(files.len(), &name));
        let bytes = written(field, &path, room).await?;
        room -= bytes;
        files.push(Brought {
            name,
            bytes,
            outcome: None,
        });
    }
    if files.is_empty() {
        return Err(wrong("No file came. Choose one or more, and send them again."));
    }
    Ok(files)
}

/// Writes a file as it comes, no more of it than there is room.
async fn written(mut field: Field<'_>, path: &FilePath, room: u64) -> Result<u64, HttpError> {
    let folder = path.parent().map(PathBuf::from).unwrap_or_default();
    tokio::fs::create_dir_all(&folder).await.map_err(HttpError::failed)?;
    let mut file = tokio::fs::File::create_new(path).await.map_err(HttpError::failed)?;
    let mut bytes = 0;
    loop {
        let chunk = field.chunk().await;
        let Some(chunk) = chunk.map_err(|_| wrong("The files did not come whole. Send them again."))? else {
            break;
        };
        bytes += chunk.len() as u64;
        if bytes > room {
            let message = format!(
                "At most {} GB at a time; larger files go by `longplay import`.",
                UPLOAD_BYTES_MAX >> 30
            );
            return Err(HttpError::new(Code::TooLarge, message));
        }
        file.write_all(&chunk).await.map_err(HttpError::failed)?;
    }
    file.flush().await.map_err(HttpError::failed)?;
    Ok(bytes)
}

/// `GET /begin/files/{id}`: what was found in them, how far the import is, or what it said.
pub async fn show_files(State(app): State<App>, Path(id): Path<String>) -> Result<Response, PageError> {
    let frame = app.frame().await.at("/");
    let Some(upload) = app.uploads().get(&id) else {
        let message = "These files are not here any more: imported, let go of, or too long ago. Bring them again.";
        let error = HttpError::new(Code::UnknownAddress, message);
        return Err(PageError { error, frame });
    };
    let sentence = match upload.phase {
        Phase::Done => first_sentence(&app, &upload).await,
        _ => None,
    };
    let page = FilesPage::new(id, &upload, sentence, frame.clone());
    Ok(error::show(&page, &frame))
}

/// What the data says first, now that there is some.
async fn first_sentence(app: &App, upload: &Upload) -> Option<String> {
    let is_new = |outcome: &super::uploads::Outcome| outcome.admitted > 0;
    upload
        .files
        .iter()
        .find(|file| file.outcome.as_ref().is_some_and(is_new))?;
    let zone = app.read(Store::zone).await.ok()?;
    let answer = app.ask(Question::new(Key::Returns, app.now(), zone)).await.ok()?;
    Some(answer.sentence)
}

/// `POST /begin/files/{id}/import`
pub async fn import(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    if app.uploads().import(&id, app.shared_store(), app.now()) {
        app.log(&caller, "files_imported", None).await;
        return Ok(to(&format!("/begin/files/{id}")));
    }
    show_files(State(app), Path(id)).await
}

/// `POST /begin/files/{id}/drop`
pub async fn drop_files(State(app): State<App>, Path(id): Path<String>) -> Response {
    app.uploads().drop_files(&id);
    to("/begin/data")
}

/// `GET /begin/refusals/{name}`: the list of refused rows that an import wrote, to take along.
pub async fn refusals(State(app): State<App>, Path(name): Path<String>) -> Result<Response, PageError> {
    let read = app
        .read(move |store| {
            let folder = store.directory().join("refusals");
            // Only a name that the folder itself says is opened, so none leads elsewhere.
            let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
            let found = entries.map(|entry| entry.path()).find(|path| {
                let is_it = path.file_name().is_some_and(|found| *found == *name);
                is_it && path.extension().is_some_and(|extension| extension == "csv") && path.is_file()
            });
            Ok(found.and_then(|path| std::fs::read(path).ok()))
        })
        .await;
    let frame = app.frame().await;
    match read {
        Ok(Some(bytes)) => {
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"refused.csv\""),
            ];
            Ok((headers, bytes).into_response())
        }
        Ok(None) => {
            let error = HttpError::new(Code::UnknownAddress, "There is no such list of refused rows.");
            Err(PageError { error, frame })
        }
        Err(error) => Err(PageError { error, frame }),
    }
}
