#pragma once
// One operation at a time: what a library's connection allows.

#include <aio/support/errors.hpp>

namespace clients::detail {

/// Nobody else begins while it lives. An operation that leaves without done(), since its frame was
/// destroyed or the connection failed, leaves the connection in a state that nobody knows: it calls
/// close(). It does so, too, when somebody has called close() meanwhile, which could not do all.
template <class Connection>
class Turn {
 public:
  /// Throws InvalidStateError while another one lives.
  explicit Turn(Connection& connection, bool& busy) : connection_(connection), busy_(busy) {
    if (busy_) {
      throw aio::InvalidStateError("this connection is in use: one operation at a time, or a pool");
    }
    busy_ = true;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    busy_ = false;
    if (!done_ || connection_.is_closed()) connection_.close();
  }
  void done() { done_ = true; }
  void begun() { done_ = false; }

 private:
  Connection& connection_;
  bool& busy_;
  bool done_ = false;
};

}  // namespace clients::detail
