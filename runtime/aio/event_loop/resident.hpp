#pragma once
// What a loop keeps: a Resident lives on it until it has finished, an Attachment as long as the
// loop itself.

#include <string>

#include <aio/support/list.hpp>

namespace aio {

struct ResidentTag {};

/// What lives on the loop until it has finished, e.g. a task. A loop that is closed evicts those
/// that have not.
class Resident : public Link<ResidentTag> {
 public:
  virtual void evict() noexcept = 0;
  /// For reports: what this is, and what it waits for.
  virtual std::string describe() const = 0;

 protected:
  ~Resident() = default;
};

/// What lives as long as its loop, e.g. threads that work for it.
struct Attachment {
  virtual ~Attachment() = default;
};

}  // namespace aio
