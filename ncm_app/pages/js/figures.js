// Return the views of a bench's plots, of those that are on the page.
function figures(names, prefix) {
  const found = []
  for (const name of names) {
    for (const doc of Bokeh.documents) {
      const figure = doc.get_model_by_name('ncm-' + prefix + name), view = figure && Bokeh.index.find_one(figure)
      if (view) found.push(view)
    }
  }
  return found
}

