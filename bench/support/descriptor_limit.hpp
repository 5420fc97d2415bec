#pragma once

namespace bench {

/// Raises the soft limit on open descriptors as far as allowed; returns what was reached.
long raise_descriptor_limit();

}  // namespace bench
