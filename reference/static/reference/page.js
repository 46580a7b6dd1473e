"use strict";

// Nothing is asked of other hosts: no validator's badge, and no address of another document from the query.
const place = document.getElementById("reference");
SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  tagsSorter: null,
  validatorUrl: null,
  queryConfigEnabled: false,
});
