#pragma once
// What the programs of this lesson ask for: temperatures, which take a second to come.

#include <map>
#include <stdexcept>
#include <string>

/// What the station would answer. Throws std::out_of_range for a city that it does not know.
inline int measure(const std::string& city) {
  static const std::map<std::string, int> degrees{{"Oslo", 9}, {"Rome", 24}};
  const auto found = degrees.find(city);
  if (found == degrees.end()) throw std::out_of_range(city + " has no weather station");
  return found->second;
}
