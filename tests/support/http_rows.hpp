#pragma once
// The raw messages of tests/http, and what is expected of them.

#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tests {

/// One message of a file.
struct RawRow {
  std::string name, bytes, verdict;
  std::string method = "GET";         // that was asked with
  std::vector<std::string> contents;  // of the messages in it
};

inline std::string unescaped(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      bytes += text[at];
      continue;
    }
    switch (text.at(++at)) {
      case 'r':
        bytes += '\r';
        break;
      case 'n':
        bytes += '\n';
        break;
      case 't':
        bytes += '\t';
        break;
      case '0':
        bytes += '\0';
        break;
      case '\\':
        bytes += '\\';
        break;
      case 'x':
        bytes += static_cast<char>(std::stoi(std::string(text.substr(at + 1, 2)), nullptr, 16));
        at += 2;
        break;
      default:
        throw std::invalid_argument("an escape that nobody knows: " + std::string(text));
    }
  }
  return bytes;
}

/// {a*3} becomes aaa.
inline std::string repeated(std::string line) {
  const std::size_t open = line.find('{'), star = line.find('*', open),
                    close = line.find('}', star);
  if (close == line.npos) return line;
  const std::string piece = line.substr(open + 1, star - open - 1);
  std::string all;
  for (int i = std::stoi(line.substr(star + 1, close - star - 1)); i > 0; --i) all += piece;
  return line.replace(open, close + 1 - open, all);
}

inline std::vector<RawRow> raw_rows(const std::string& file_name) {
  std::ifstream file(file_name);
  if (!file) throw std::runtime_error("there is no " + file_name);
  std::vector<RawRow> all;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with("#")) continue;
    if (line.starts_with("h11: ") || line.starts_with("nginx: ")) continue;
    if (line.front() == '[') {
      all.push_back({line.substr(1, line.find(']') - 1), "", "", "GET", {}});
    } else if (line.starts_with("-> ")) {
      all.back().verdict = line.substr(3);
    } else if (line.starts_with("= ")) {
      all.back().contents.push_back(line.substr(2));
    } else if (line.starts_with("asked: ")) {
      all.back().method = line.substr(7);
    } else {
      all.back().bytes += unescaped(repeated(line));
    }
  }
  return all;
}

}  // namespace tests
