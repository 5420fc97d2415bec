#pragma once
// What exercise fix-1b and its test share.

#include <functional>
#include <string>

#include <aio/aio.hpp>

/// Called when a part has arrived: the name of the download, and the part's number from 1.
using Arrived = std::function<void(const std::string& name, int part)>;

/// Fetches a file in `parts` parts, 20 ms apart: each part arrives after a pause of 20 ms.
aio::Coro<> download(std::string name, int parts, Arrived arrived);
