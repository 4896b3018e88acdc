// Sorts, filters and copies the table of two runs (DataTables).
const scheme = matchMedia("(prefers-color-scheme: dark)");
document.documentElement.classList.toggle("dark", scheme.matches);
window.jQuery("#table").DataTable({
  order: [],
  pageLength: 25,
  autoWidth: false,
  columnControl: { target: "thead:0", content: ["order", ["searchList"]] },
  ordering: { indicators: false, handler: false },
  layout: { topStart: { buttons: ["colvis", "copy", "csv"] }, bottomStart: ["info", "pageLength"] },
});
document.documentElement.dataset.ready = "yes";
