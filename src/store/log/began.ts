// When the log began: from then on each version came with its leaf.

/** Not later than the first leaf, which is in the signed tree, whatever the state says. */
export const BEGAN = 'select least((select since from log_state), (select recorded from log_leaf where leaf_index = 0))'
