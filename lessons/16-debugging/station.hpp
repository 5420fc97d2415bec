#pragma once
// Exercise fix-16d: a weather station.

#include <stdexcept>
#include <string>

#include <aio/coro.hpp>
#include <aio/queue.hpp>

#include "finding.hpp"

struct ArchiveFull : std::runtime_error {
  ArchiveFull() : std::runtime_error("the archive is full") {}
};

class Archive {
 public:
  Archive() = default;
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;
  virtual ~Archive() = default;
  /// Throws ArchiveFull.
  virtual aio::Coro<> store(std::string line) = 0;
};

/// Takes readings from the sensor until it is shut down, and stores a line for each. A slow archive
/// does not keep the sensor waiting. Returns how many readings there were, when all of them are
/// stored. Ends as soon as the archive throws, by that exception or by an ExceptionGroup with it.
aio::Coro<int> record(aio::Queue<double>& sensor, Archive& archive);
