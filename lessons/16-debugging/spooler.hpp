#pragma once
// Exercise fix-16h: a printer that many use.

#include <memory>
#include <string>

#include <aio/coro.hpp>

#include "finding.hpp"

struct Job {
  std::string title;
  bool urgent = false;
};

class Device {
 public:
  Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  virtual ~Device() = default;
  virtual aio::Coro<> print(std::string title) = 0;
};

class Spooler {
 public:
  Spooler() = default;
  Spooler(const Spooler&) = delete;
  Spooler& operator=(const Spooler&) = delete;
  virtual ~Spooler() = default;
  /// An urgent job goes before all that are not urgent.
  virtual void submit(Job job) = 0;
  /// Prints one job after the other, for ever. A job is begun as soon as the device is free. Where
  /// there is no job it costs nothing.
  virtual aio::Coro<> work() = 0;
};

std::unique_ptr<Spooler> make_spooler(Device& device);
