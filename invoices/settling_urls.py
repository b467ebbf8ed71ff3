"""Addresses of one client's account: statement, payments, reminders, invoices made elsewhere."""

from django.urls import path

from invoices import naming_views, outside_views, payment_views, reminder_views, statement_views

app_name = "settling"
urlpatterns = [
    path("statement/", statement_views.statement, name="statement"),
    path("statement.csv", statement_views.export, {"form": "csv"}, name="csv"),
    path("statement.xlsx", statement_views.export, {"form": "xlsx"}, name="xlsx"),
    path("statement.pdf", statement_views.export, {"form": "pdf"}, name="pdf"),
    path("years/<int:year>.zip", statement_views.year, name="year"),
    path("payments/new/", payment_views.create, name="receive"),
    path("payments/<int:pk>/", payment_views.detail, name="payment"),
    path("payments/<int:pk>/use/", payment_views.use, name="use"),
    path("payments/<int:pk>/return/", payment_views.pay_back, name="pay_back"),
    path("payments/<int:pk>/reversal/", payment_views.reverse_it, name="reverse"),
    path("payments/<int:pk>/external-id/", naming_views.payment, name="external_id"),
    path("<int:pk>/reminder/", reminder_views.remind, name="remind"),
    path("<int:pk>/payout/", payment_views.pay_out, name="pay_out"),
    path("<int:pk>/set-off/", payment_views.set_off, name="set_off"),
    path("<int:pk>/waiver/", payment_views.waive, name="waive"),
    path("waivers/<int:pk>/reversal/", payment_views.claim, name="claim"),
    path("outside/", outside_views.index, name="outside"),
    path("outside/new/", outside_views.create, name="bring"),
    path("outside/<int:pk>/pdf/", outside_views.paper, name="outside_pdf"),
    path("outside/<int:pk>/payment/", outside_views.mark_paid, name="outside_paid"),
    path("outside/<int:pk>/set-off/", outside_views.set_off, name="outside_off"),
]
