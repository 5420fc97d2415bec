#pragma once
// Exercise fix-16c: a newsletter and its readers.

#include <stdexcept>
#include <string>
#include <vector>

#include <aio/coro.hpp>

#include "finding.hpp"

/// The letter cannot be delivered.
struct Undeliverable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A connection to a post office: it takes letters from open() to close().
class PostOffice {
 public:
  PostOffice() = default;
  PostOffice(const PostOffice&) = delete;
  PostOffice& operator=(const PostOffice&) = delete;
  virtual ~PostOffice() = default;
  virtual aio::Coro<> open() = 0;
  /// Throws Undeliverable.
  virtual aio::Coro<> post(std::string reader, std::string letter) = 0;
  virtual aio::Coro<> close() = 0;
};

struct Report {
  int sent = 0;
  std::vector<std::string> returned;  // who could not be reached
  bool operator==(const Report&) const = default;
};

/// Sends an issue to all readers, one after the other. A letter that cannot be delivered does not
/// stop the others. When it returns, all letters were posted, and the post office is closed.
aio::Coro<Report> publish(PostOffice& office, std::vector<std::string> readers, std::string issue);
