//! Categories: a tree. Paths are derived from the parents, so a move changes one document.

mod deletion;

use model::{
    Slug,
    access::{Actor, Permission},
    catalog::{CatalogErrorCode, Category, Taxonomy, Violation, check_category},
    ids::CategoryId,
};

use super::{
    CatalogRefused, CatalogResult, CategoryInput, CategoryMove, Ref,
    reference::Resolver,
    write::{self, Act, Edit},
};
use crate::App;

/// The maximum depth of the tree; roots have depth 1.
const DEPTH: usize = 10;

/// Creates a category.
///
/// # Errors
/// [`CatalogRefused`] if the input breaks a rule.
pub async fn create_category(app: &App, actor: &Actor, input: CategoryInput) -> CatalogResult<Category> {
    actor.require(Permission::CatalogWrite)?;
    let now = app.clock.now();
    let parent = parent(app, input.parent.as_ref()).await?;
    let taxonomy = app.catalog.taxonomy().await?;
    let mut violations = Vec::new();
    let text = write::require(input.slug.as_deref(), "slug", &mut violations);
    let path = text.and_then(|text| path_below(&taxonomy, parent, text, &mut violations));
    let name = write::require(input.name, "name", &mut violations);
    let translations = write::translations(&input.translations.unwrap_or_default(), &mut violations);
    let (Some(slug), Some(name)) = (path, name) else { return Err(CatalogRefused(violations).into()) };
    let mut category = Category {
        id: CategoryId::new(),
        version: 1,
        slug,
        name,
        description: input.description.unwrap_or_default(),
        parent,
        former_places: Vec::new(),
        is_closing: false,
        position: input.position.unwrap_or_default(),
        translations,
        seo: input.seo.unwrap_or_default(),
        created_at: now,
        updated_at: now,
    };
    violations.extend(check_category(&category));
    violations.extend(too_deep(&taxonomy, parent, 1));
    write::refuse_if_any(violations)?;
    write::insert(app, Act::taxonomy(actor, "categoryCreate", category.id, app.clock.now()), &mut category).await?;
    if !deletion::keep_parent(app, parent).await? {
        deletion::delete(app, actor, "categoryCreate", category.id).await?;
        return Err(CatalogRefused(vec![orphan()]).into());
    }
    Ok(category)
}

/// Changes a category without moving it.
///
/// # Errors
/// [`CatalogRefused`] if the input breaks a rule.
pub async fn update_category(
    app: &App,
    actor: &Actor,
    id: CategoryId,
    expected: Option<i64>,
    input: CategoryInput,
) -> CatalogResult<Category> {
    actor.require(Permission::CatalogWrite)?;
    let now = app.clock.now();
    change(app, Edit { actor, action: "categoryUpdate", id, expected }, |category, taxonomy| {
        let mut violations = Vec::new();
        if let Some(text) = &input.slug
            && let Some(path) = path_below(taxonomy, category.parent, text, &mut violations)
        {
            category.relocate(category.parent, path, shown_path(taxonomy, category), now);
        }
        if let Some(inputs) = &input.translations {
            category.translations = write::translations(inputs, &mut violations);
        }
        category.name = input.name.clone().unwrap_or_else(|| category.name.clone());
        category.description = input.description.clone().unwrap_or_else(|| category.description.clone());
        category.position = input.position.unwrap_or(category.position);
        category.seo = input.seo.clone().unwrap_or_else(|| category.seo.clone());
        violations.extend(check_category(category));
        violations
    })
    .await
}

/// Moves a category with its descendants.
///
/// # Errors
/// [`CatalogRefused`], with `Circle` if the new parent is a descendant.
pub async fn move_category(app: &App, actor: &Actor, input: CategoryMove) -> CatalogResult<Category> {
    actor.require(Permission::CatalogWrite)?;
    let parent = parent(app, input.parent.as_ref()).await?;
    let (_, before) = write::get::<Category>(app, &input.id.uuid().to_string()).await?;
    let now = app.clock.now();
    let place = |category: &mut Category, taxonomy: &Taxonomy, parent: Option<CategoryId>, position: Option<i32>| {
        let mut violations = Vec::new();
        if parent.is_some_and(|parent| taxonomy.is_in(parent, input.id)) {
            violations.push(circle());
        }
        let segment = category.segment().to_owned();
        if let Some(path) = path_below(taxonomy, parent, &segment, &mut violations) {
            category.relocate(parent, path, shown_path(taxonomy, category), now);
        }
        category.position = position.unwrap_or(category.position);
        violations.extend(too_deep(taxonomy, parent, height(taxonomy, input.id)));
        violations
    };
    let edit = Edit { actor, action: "categoryMove", id: input.id, expected: None };
    let moved = change(app, edit, |category, taxonomy| place(category, taxonomy, parent, input.position)).await?;
    // Concurrent moves and deletions see each other only after their writes: then undo this one.
    let is_kept = deletion::keep_parent(app, parent).await?;
    let refusal = if is_kept { is_above_itself(app, input.id).await?.then(circle) } else { Some(orphan()) };
    if let Some(refusal) = refusal {
        let undo = |category: &mut Category, _: &Taxonomy| {
            (category.parent, category.position) = (before.parent, before.position);
            category.slug = before.slug.clone();
            category.former_places.clone_from(&before.former_places);
            Vec::new()
        };
        change(app, edit, undo).await?;
        return Err(CatalogRefused(vec![refusal]).into());
    }
    Ok(moved)
}

/// Deletes a category without children. Its products stay.
///
/// # Errors
/// [`CatalogRefused`], with `InUse` if it has children.
pub async fn delete_category(app: &App, actor: &Actor, id: CategoryId) -> CatalogResult<()> {
    actor.require(Permission::CatalogWrite)?;
    deletion::delete(app, actor, "categoryDelete", id).await
}

async fn change(
    app: &App,
    edit: Edit<'_, CategoryId>,
    decide: impl Fn(&mut Category, &Taxonomy) -> Vec<Violation>,
) -> CatalogResult<Category> {
    write::change(app, edit, || write::fresh_taxonomy(app), |category, taxonomy| decide(category, taxonomy)).await
}

/// True if the stored parents of a category lead back to it.
async fn is_above_itself(app: &App, id: CategoryId) -> CatalogResult<bool> {
    let mut above = id;
    for _ in 0..=DEPTH {
        match write::load::<Category>(app, &above.uuid().to_string()).await? {
            Some((_, Category { parent: Some(parent), .. })) if parent == id => return Ok(true),
            Some((_, Category { parent: Some(parent), .. })) => above = parent,
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// The path of a category as it is shown, which follows the moves of its ancestors.
fn shown_path(taxonomy: &Taxonomy, category: &Category) -> Slug {
    taxonomy.categories.get(&category.id).map_or_else(|| category.slug.clone(), |known| known.slug.clone())
}

async fn parent(app: &App, reference: Option<&Ref>) -> CatalogResult<Option<CategoryId>> {
    let Some(reference) = reference else { return Ok(None) };
    let settings = app.settings.current(&app.db).await?;
    let taxonomy = write::fresh_taxonomy(app).await?;
    let mut resolver = Resolver::new(&settings, &taxonomy);
    let parent = resolver.category("parent", reference);
    write::refuse_if_any(resolver.violations)?;
    Ok(parent)
}

/// The full path of a category below a parent. The text may be a full path if it begins with the parent's.
fn path_below(
    taxonomy: &Taxonomy,
    parent: Option<CategoryId>,
    text: &str,
    violations: &mut Vec<Violation>,
) -> Option<Slug> {
    let above = parent.and_then(|parent| taxonomy.categories.get(&parent)).map(|category| category.slug.as_str());
    let segment = above.and_then(|above| text.strip_prefix(above)?.strip_prefix('/')).unwrap_or(text);
    if segment.contains('/') {
        let message = "the path does not begin with that of the parent; use only its last part";
        violations.push(Violation::at(CatalogErrorCode::Invalid, "slug", message));
        return None;
    }
    let path = above.map_or_else(|| segment.to_owned(), |above| format!("{above}/{segment}"));
    write::parse_slug(&path, violations)
}

/// The number of levels of a category and its descendants.
fn height(taxonomy: &Taxonomy, id: CategoryId) -> usize {
    let mut level: Vec<CategoryId> = vec![id];
    for height in 1..=DEPTH {
        let below = |id: &CategoryId| taxonomy.children_of(Some(*id)).map(|child| child.id).collect::<Vec<_>>();
        level = level.iter().flat_map(below).collect();
        if level.is_empty() {
            return height;
        }
    }
    DEPTH + 1
}

fn too_deep(taxonomy: &Taxonomy, parent: Option<CategoryId>, height: usize) -> Option<Violation> {
    let above = parent.map_or(0, |parent| taxonomy.ancestors(parent).len());
    let message = format!("a tree is at most {DEPTH} categories deep");
    (above + height > DEPTH).then(|| Violation::at(CatalogErrorCode::TooMany, "parent", message))
}

fn circle() -> Violation {
    Violation::at(CatalogErrorCode::Circle, "parent", "a category cannot be below itself")
}

fn orphan() -> Violation {
    Violation::at(CatalogErrorCode::UnknownReference, "parent", "the parent was deleted in the meantime")
}
