// Name: The separator that begins first
// Says: of several separators you take the one that begins first, and may wait for the rest of it
// Caught-by: Step2_Separator.TheOneThatEndsFirstWins

//: 12.2
inline bool ReadRequest::find(const ByteBuffer& in) {
  const std::string_view bytes = in.view();
  for (const std::string& separator : separators_->all) {
    const std::size_t overlap = std::min(searched_, separator.size() - 1);
    const std::size_t at = bytes.find(separator, searched_ - overlap);
    if (at == npos || at >= found_) continue;
    found_ = at;
    end_ = at + separator.size();
  }
  searched_ = bytes.size();
  return found_ != npos;
}
