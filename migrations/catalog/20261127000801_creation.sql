-- What a product or model was made with is told by its state; a list of it would be kept twice.

comment on column history_entry.changes is '[{property, attribute?, locale?, scope?, old, new}]; of a creation that tells nothing, everything that the state of its version has. The state of a version is the present one with all later changes undone.';
