"""The demonstration department's positions and products, invented but of the usual kinds."""

from typing import NamedTuple

from shared.models.catalogue import Product
from shared.models.position import Position

DIRECTOR = "giam-doc"
HEAD = "lanh-dao-phong"
PERSONNEL = "to-chuc-can-bo"
GENERAL = "tong-hop"
LAND = "dang-ky-dat-dai"
APPRAISER = "tham-dinh"

STANDARD = "ho-so-cap-gcn-lan-dau"
"""The common, countable product that the others are measured by."""
MONTHLY = "bao-cao-thang"
"""What everybody owes at the end of the month."""
THOUSANDTHS = 1000
POINTS_OF_A_GROUP = 100


class Item(NamedTuple):
    """A product, its complexity group, and how many one person is given at most at once."""

    id: str
    title: str
    measure: str
    group: int
    most: int
    positions: tuple[str, ...]


EVERY_STAFF = (PERSONNEL, GENERAL, LAND, APPRAISER)
ITEMS = (
    Item("xu-ly-van-ban-den", "Xử lý văn bản đến", "văn bản", 1, 12, EVERY_STAFF),
    Item("cong-van-phoi-hop", "Công văn phối hợp, trả lời kiến nghị", "văn bản", 2, 6, EVERY_STAFF),
    Item(MONTHLY, "Báo cáo kết quả công tác tháng", "báo cáo", 2, 1, (HEAD, *EVERY_STAFF)),
    Item("giai-dap-cong-dan", "Tiếp và giải đáp công dân, doanh nghiệp", "lượt", 1, 12, (LAND,)),
    Item("ho-so-dang-ky-bien-dong", "Hồ sơ đăng ký biến động đất đai", "hồ sơ", 2, 12, (LAND,)),
    Item(STANDARD, "Hồ sơ cấp giấy chứng nhận QSDĐ lần đầu", "hồ sơ", 3, 8, (LAND,)),
    Item("ho-so-cap-doi-gcn", "Hồ sơ cấp đổi, cấp lại giấy chứng nhận", "hồ sơ", 2, 10, (LAND,)),
    Item("trich-do-dia-chinh", "Trích đo, chỉnh lý bản đồ địa chính", "mảnh", 3, 4, (LAND,)),
    Item("xac-minh-nguon-goc-dat", "Xác minh nguồn gốc sử dụng đất", "cuộc", 4, 2, (LAND,)),
    Item("ho-so-giay-phep-moi-truong", "Hồ sơ giấy phép môi trường", "hồ sơ", 5, 2, (APPRAISER,)),
    Item("tham-dinh-dtm", "Thẩm định báo cáo ĐTM", "hồ sơ", 5, 1, (APPRAISER,)),
    Item("ho-so-khai-thac-nuoc", "Hồ sơ khai thác nước dưới đất", "hồ sơ", 4, 3, (APPRAISER,)),
    Item("ho-so-tinh-phi-bvmt", "Hồ sơ tính phí bảo vệ môi trường", "hồ sơ", 2, 10, (APPRAISER,)),
    Item("kiem-tra-mo", "Kiểm tra hoạt động khai thác khoáng sản", "cuộc", 4, 2, (APPRAISER,)),
    Item("kiem-tra-xa-thai", "Kiểm tra, lấy mẫu điểm xả thải", "cuộc", 3, 3, (APPRAISER,)),
    Item("du-thao-ke-hoach", "Dự thảo kế hoạch trình Ban Giám đốc", "văn bản", 3, 2, (GENERAL,)),
    Item("tong-hop-so-lieu", "Bảng tổng hợp số liệu ngành", "báo cáo", 2, 4, (GENERAL,)),
    Item("to-trinh", "Tờ trình UBND tỉnh", "văn bản", 4, 2, (GENERAL, HEAD)),
    Item("so-hoa-ho-so", "Số hóa hồ sơ lưu trữ", "hồ sơ", 1, 12, (GENERAL,)),
    Item("ho-so-can-bo", "Cập nhật hồ sơ cán bộ, công chức", "hồ sơ", 1, 10, (PERSONNEL,)),
    Item("de-an-vi-tri-viec-lam", "Đề án vị trí việc làm", "văn bản", 5, 1, (PERSONNEL,)),
    Item("bao-cao-chuyen-de", "Báo cáo chuyên đề trình Giám đốc Sở", "báo cáo", 4, 2, (HEAD,)),
    Item("chu-tri-hop-lien-nganh", "Chủ trì họp thẩm định liên ngành", "cuộc", 3, 4, (HEAD,)),
    Item("du-thao-quyet-dinh", "Dự thảo quyết định của UBND tỉnh", "văn bản", 5, 1, (HEAD,)),
    Item("ke-hoach-phong", "Kế hoạch công tác của đơn vị", "văn bản", 3, 1, (HEAD, PERSONNEL)),
)  # fmt: skip
BY_ID = {item.id: item for item in ITEMS}

POSITION_TITLES = {
    DIRECTOR: "Giám đốc Sở",
    HEAD: "Lãnh đạo phòng và tương đương",
    PERSONNEL: "Chuyên viên tổ chức cán bộ",
    GENERAL: "Chuyên viên tổng hợp",
    LAND: "Chuyên viên đăng ký đất đai",
    APPRAISER: "Chuyên viên thẩm định, kiểm tra",
}


def items_of(position: str) -> list[Item]:
    return [item for item in ITEMS if position in item.positions]


def positions() -> dict[str, Position]:
    return {
        position: Position(title=title, products=[item.id for item in items_of(position)])
        for position, title in POSITION_TITLES.items()
    }


def products() -> dict[str, Product]:
    """K in thousandths of the standard product, rounded half up: 300 points are 1000."""
    standard = BY_ID[STANDARD].group
    return {
        item.id: Product(
            title=item.title,
            measure=item.measure,
            group=item.group,
            points=POINTS_OF_A_GROUP * item.group,
            k=(2 * THOUSANDTHS * item.group + standard) // (2 * standard),
        )
        for item in ITEMS
    }
