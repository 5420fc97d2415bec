// Name: A separator in two pieces
// Says: your search begins where the last one stopped, and misses a separator that began before
// Caught-by: Step2_Separator.IsFoundThoughItComesInPieces

//: 12.2
inline bool ReadRequest::find(const ByteBuffer& in) {
  const std::string_view bytes = in.view();
  for (const std::string& separator : separators_->all) {
    const std::size_t at = bytes.find(separator, searched_);
    if (at == npos || at + separator.size() >= end_) continue;
    found_ = at;
    end_ = at + separator.size();
  }
  searched_ = bytes.size();
  return found_ != npos;
}
