"""Names and phrases for the demonstration department; the people are invented."""

from collections.abc import Mapping
from random import Random

FAMILIES = (
    "Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Lê", "Lê", "Phạm", "Hoàng",
    "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Dương", "Ngô", "Lương", "Nông", "Ma", "Triệu", "Chu",
)  # fmt: skip
"""As frequent as they are in the region, Tày and Nùng names among them."""
WOMEN = (
    ("Thị", "Thị Thu", "Thị Bích", "Thị Hồng", "Thu", "Thúy", "Ngọc", "Thùy", "Minh", "Khánh"),
    (
        "Hạnh", "Thoa", "Nhàn", "Duyên", "Thảo", "Hằng", "Nhung", "Quỳnh", "Trâm", "Vân", "Uyên",
        "Hiền", "Oanh", "Liên", "Thơm", "Yến", "Tâm", "Lụa", "Huệ", "Mơ",
    ),
)  # fmt: skip
MEN = (
    ("Văn", "Đình", "Hữu", "Quang", "Bá", "Thế", "Trung", "Tiến", "Mạnh", "Công", "Ngọc"),
    (
        "Khôi", "Bách", "Quyết", "Thịnh", "Hiếu", "Toản", "Lộc", "Huân", "Nhật", "Hậu", "Tuyên",
        "Doanh", "Luân", "Thuấn", "Viễn", "Hoạt", "Chuẩn", "Khiêm", "Quảng", "Tuân",
    ),
)  # fmt: skip
"""Middle names, then given names."""

PLACES = (
    "xã Đại Phúc", "xã Phú Bình", "xã Đồng Hỷ", "xã Định Hóa", "xã Võ Nhai", "xã Phú Lương",
    "xã Chợ Đồn", "xã Na Rì", "phường Phan Đình Phùng", "phường Sông Công", "phường Phổ Yên",
    "phường Tích Lương", "phường Gia Sàng", "phường Bắc Kạn",
)  # fmt: skip

PROGRESS = {
    "hồ sơ": (
        "Đã kiểm tra thành phần hồ sơ, đang đối chiếu bản gốc",
        "Đã gửi phiếu lấy ý kiến UBND xã, chờ phản hồi",
        "Đã nhập dữ liệu lên hệ thống một cửa",
        "Đang lập phiếu thẩm định",
    ),
    "báo cáo": (
        "Đã nhận số liệu của 3/4 đơn vị",
        "Đang hoàn thiện dự thảo, chờ phụ lục số liệu",
        "Đã xong phần đánh giá chung",
    ),
    "văn bản": (
        "Đã có dự thảo lần 1, đang xin ý kiến các phòng",
        "Đang rà soát căn cứ pháp lý",
        "Đã tiếp thu ý kiến góp ý của Văn phòng Sở",
    ),
    "": (
        "Đang thực hiện theo kế hoạch",
        "Đã thống nhất lịch với đơn vị liên quan",
        "Đã xong phần thực địa, đang lập biên bản",
    ),
}
"""By the measure of the product; `""` for any other, here and below."""

SUBMITTED = {
    "hồ sơ": ("Kính trình hồ sơ đã thẩm định", "Đã hoàn thành, hồ sơ đủ thành phần"),
    "báo cáo": ("Kính trình dự thảo báo cáo", "Báo cáo đã đối chiếu số liệu với các đơn vị"),
    "văn bản": ("Kính trình dự thảo để ký ban hành", "Đã tiếp thu, giải trình các ý kiến góp ý"),
    "": ("Đã hoàn thành, kèm biên bản làm việc", "Kính báo cáo kết quả thực hiện"),
}
EVIDENCE = {
    "hồ sơ": "Hồ sơ số {}",
    "báo cáo": "{}/BC-SNNMT",
    "văn bản": "{}/SNNMT-VP",
    "": "Biên bản số {}/BB",
}
RESUBMITTED = (
    "Đã bổ sung theo ý kiến của thủ trưởng",
    "Đã chỉnh sửa, kính trình lại",
    "Đã rà soát và sửa các nội dung bị trả lại",
)
ACCEPTED = (
    "Đạt yêu cầu",
    "Đồng ý",
    "Đạt, chuyển văn thư phát hành",
    "Đạt chất lượng, đúng thể thức",
)
RETURNED = {
    "hồ sơ": (
        "Thành phần hồ sơ thiếu bản sao có chứng thực",
        "Phiếu thẩm định chưa ghi ý kiến của UBND xã",
        "Số liệu trong đơn và trong bản vẽ kèm theo không khớp",
    ),
    "báo cáo": (
        "Số liệu chưa khớp với báo cáo tháng trước",
        "Chưa có phần đánh giá tồn tại, nguyên nhân",
        "Thiếu phụ lục số liệu của các đơn vị trực thuộc",
    ),
    "văn bản": (
        "Sai thể thức văn bản theo Nghị định 30/2020/NĐ-CP",
        "Căn cứ pháp lý đã hết hiệu lực, đề nghị cập nhật",
        "Nội dung tham mưu chưa rõ phương án đề xuất",
    ),
    "": (
        "Biên bản thiếu chữ ký của bên liên quan",
        "Kết quả chưa nêu rõ kiến nghị xử lý",
        "Thiếu ảnh hiện trường, sơ đồ vị trí kèm theo",
    ),
}
MOVED = (
    "Chờ văn bản trả lời của UBND xã, phường",
    "Hồ sơ tăng đột biến do đợt cấp đổi giấy chứng nhận tập trung",
    "Sở Tài chính đề nghị bổ sung nội dung trước khi trình",
    "Mưa lũ, chưa tổ chức kiểm tra thực địa được",
    "Hệ thống dịch vụ công gián đoạn do nâng cấp",
)
REASSIGNED = (
    "Đồng chí được cử đi tập huấn nghiệp vụ từ giữa tháng",
    "Cân đối lại khối lượng công việc trong đơn vị",
    "Đồng chí tham gia tổ công tác giải phóng mặt bằng",
)
CANCELLED = {
    "hồ sơ": ("Người nộp có văn bản xin rút hồ sơ", "Hồ sơ chuyển cấp xã theo phân cấp mới"),
    "": (
        "Trùng với nhiệm vụ đã giao trong kế hoạch của UBND tỉnh",
        "Không còn phù hợp sau kết luận giao ban của Giám đốc Sở",
    ),
}
EXEMPTED = "Có xác nhận của cơ quan chức năng, nguyên nhân khách quan"
NOT_EXEMPTED = "Minh chứng chưa cho thấy nguyên nhân khách quan"
UNPLANNED = (
    "Hòa giải tranh chấp ranh giới đất theo đề nghị đột xuất của UBND xã",
    "Tham gia đoàn kiểm tra khắc phục sạt lở sau mưa lũ",
    "Hỗ trợ tiếp công dân định kỳ thay đồng nghiệp",
    "Cung cấp số liệu đột xuất cho đoàn giám sát của HĐND tỉnh",
)
DECLINED = "Nội dung này đã nằm trong công việc được giao đầu tháng"
CARRIED_OVER = "Chờ kết quả lấy ý kiến của các bộ, ngành; hoàn thành trong kỳ sau"
OBJECTIVE_CAUSES = (
    "Hệ thống dịch vụ công trực tuyến ngừng hoạt động hai ngày theo thông báo",
    "Cơ quan phối hợp trả lời chậm so với thời hạn ghi trong phiếu lấy ý kiến",
)
SELF_NOTES = (
    "Hoàn thành cơ bản nhiệm vụ được giao, chấp hành nghiêm kỷ luật, kỷ cương hành chính",
    "Cần chủ động hơn trong phối hợp với các đơn vị",
    "Tích cực ứng dụng công nghệ thông tin trong xử lý công việc",
)
HEAD_NOTES = {
    "excellent": (
        "Gương mẫu, có sáng kiến rút ngắn thời gian giải quyết hồ sơ",
        "Chủ động, chất lượng tham mưu tốt, sẵn sàng nhận việc khó",
    ),
    "good": (
        "Có trách nhiệm, phối hợp tốt; cần mạnh dạn đề xuất hơn",
        "Hoàn thành nhiệm vụ, thái độ phục vụ đúng mực",
    ),
    "behind": (
        "Còn để tồn việc, cần báo cáo sớm khi gặp vướng mắc",
        "Chất lượng tham mưu có việc chưa đạt, phải trả lại",
    ),
    "far behind": (
        "Nhiều việc không hoàn thành, chưa nghiêm túc thực hiện kết luận của đơn vị",
        "Thiếu chủ động, không báo cáo tiến độ dù đã được nhắc",
    ),
}


def person(rng: Random) -> str:
    middles, givens = rng.choice((WOMEN, MEN))
    return f"{rng.choice(FAMILIES)} {rng.choice(middles)} {rng.choice(givens)}"


def about(phrases: Mapping[str, tuple[str, ...]], measure: str, rng: Random) -> str:
    """A phrase that fits what the product is counted in."""
    return rng.choice(phrases.get(measure, phrases[""]))
