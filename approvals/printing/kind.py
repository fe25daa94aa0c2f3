"""What a kind of legal document (文书种类) is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind. ``short`` stands in the number (示市监**受**〔2026〕17号); ``fields`` are all required.

    ``other_title`` is used where the item is no administrative licence (a benefit, say); ``public`` says
    whether the applicant may download it; ``seal`` is the purpose written in the drawn seal, empty for none.
    """

    code: str
    title: str
    short: str
    fields: tuple[str, ...]
    seal: str = "行政审批专用章"
    other_title: str = ""
    public: bool = True

    @property
    def template(self) -> str:
        """Path of its template."""
        return f"documents/{self.code}.html"

    def title_for(self, *, licence: bool) -> str:
        """The title; a benefit or a registration is not called a licence."""
        return self.title if licence or not self.other_title else self.other_title
