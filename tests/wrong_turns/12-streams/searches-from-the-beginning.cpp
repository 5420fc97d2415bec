// Name: Each search from the beginning
// Says: your search begins at the first byte each time, and never asks for searched_
// Caught-by: Step2_Separator.NoByteIsSearchedTwice

//: 12.2
inline bool ReadRequest::find(const ByteBuffer& in) {
  const std::string_view bytes = in.view();
  for (const std::string& separator : separators_->all) {
    const std::size_t at = bytes.find(separator);
    if (at == npos || at + separator.size() >= end_) continue;
    found_ = at;
    end_ = at + separator.size();
  }
  return found_ != npos;
}
