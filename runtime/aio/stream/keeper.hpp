#pragma once
// Who keeps account of a stream: the server that accepted it.

#include <aio/support/ref.hpp>

namespace aio::detail {

class StreamState;

/// Who keeps account of a stream: the server that accepted it.
class StreamKeeper : public RefCounted {
 public:
  virtual ~StreamKeeper() = default;
  virtual void gone(StreamState& stream) noexcept = 0;
};

/// Marks the link by which a keeper lists its streams.
struct ServedTag {};

}  // namespace aio::detail
