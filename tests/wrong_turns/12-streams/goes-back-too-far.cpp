// Name: A search that begins before the beginning
// Says: your search goes back a whole separator, also where less than that has been searched
// Caught-by: Step2_Separator.MayStandAtTheBeginning

//: 12.2
inline bool ReadRequest::find(const ByteBuffer& in) {
  const std::string_view bytes = in.view();
  for (const std::string& separator : separators_->all) {
    const std::size_t at = bytes.find(separator, searched_ - (separator.size() - 1));
    if (at == npos || at + separator.size() >= end_) continue;
    found_ = at;
    end_ = at + separator.size();
  }
  searched_ = bytes.size();
  return found_ != npos;
}
